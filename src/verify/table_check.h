// TableCheck: compares one collection with its table while both are written to.
//
//   wait for a copy of the table that is under way
//   read both sides, in any order, into buckets              buckets.h
//   for each group of buckets that differ:                   as many as fit into memory
//     read both sides again, and keep the rows of these buckets
//     keys about which the sides do not agree are looked at again until they are settled
//     tell the differences
//
// Memory is bounded by the options, not by the table.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apply/row_reader.h"
#include "apply/stream_watch.h"
#include "core/clock.h"
#include "core/result.h"
#include "mapping/table_map.h"
#include "source/change_source.h"
#include "verify/buckets.h"
#include "verify/check_progress.h"
#include "verify/dispute.h"
#include "verify/relay_wait.h"
#include "verify/table_sides.h"

namespace relay {

struct TableOutcome {
  std::string table{};              // "schema.table".
  std::string from{};               // "database.collection".
  std::string uncompared{};         // Why it was not compared; empty: it was.
  bool is_uncompared_fine = false;  // There is nothing to compare.
  std::uint64_t documents = 0;      // That should have a row.
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t differs = 0;
  std::uint64_t dead_letters = 0;  // Differences that a dead letter explains; not in the others.
  std::uint64_t unsettled = 0;     // Changed in every look.
  // Whether there was a relay that brought changes while it was compared. Once there was none, or
  // it was waited for in vain, that is what it says.
  RelayWait::Outcome relay = RelayWait::Outcome::passed;

  [[nodiscard]] std::uint64_t difference_count() const { return missing + extra + differs; }
};

class TableCheck {
 public:
  struct Links {  // All outlive this.
    ChangeSource& source;
    RowReader& reader;
    StreamWatch& watch;
    TableMap& tables;
    Clock& clock;
    Standstill& standstill;  // Of the stream.
  };
  struct Options {
    std::string stream;
    std::chrono::milliseconds patience{30'000};  // With a relay that stands still.
    std::size_t memory_bytes = 64U << 20U;       // For rows with their keys.
  };
  // Differences of the table, in no order: the verdict is missing, extra or differs. An error ends
  // the comparison.
  using OnDifferences =
      std::function<Status(TableSides& sides, const std::vector<const Dispute*>& differences)>;

  TableCheck(Links links, Options options, OnDifferences on_differences, ShowProgress show);

  // `table`: of links.tables. sink_refused: there is no such table, or it has other columns.
  Result<TableOutcome> run(const TableMapping* table);

 private:
  // Whether there is something to compare; else the outcome says why not.
  Result<bool> prepare(const TableMapping& table);
  Result<bool> has_collection(const TableMapping& table);
  Result<std::vector<BucketSet>> fill_buckets();
  Status check_group(const BucketSet& group);
  // Whether the differences still mean something.
  Result<bool> is_still_comparable();
  Status settle(std::vector<Dispute>& disputes);
  void show(CheckProgress::Step step);

  Links links_;
  Options options_;
  OnDifferences on_differences_;
  ShowProgress show_;
  CheckProgress progress_;
  RelayWait wait_;
  std::optional<TableSides> sides_;
  TableOutcome outcome_;
};

}  // namespace relay
