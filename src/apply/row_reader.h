// RowReader: rows of the target's tables as they are, whole tables or by key. Reads only.
//
// On a session of its own in which the planner is free to read a table from end to end; those that
// write go by key, whatever the statistics say.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"
#include "core/target_kind.h"
#include "mapping/table_mapping.h"

namespace relay {

// The SELECTs of a scan.
struct RowScan {
  std::string first{};  // All rows. With `next`: the first $1 (bigint) in the order of the key.
  std::string next{};   // Behind the key $1 the next $2 of them. Empty: `first` is all.
};

// One thread. Errors have the kinds of sink.h.
class RowReader {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
  };

  // Connects.
  static Result<RowReader> open(const Options& options);
  RowReader(RowReader&&) noexcept;
  ~RowReader();

  [[nodiscard]] TargetKind target() const;

  // False: there is no such table. sink_refused: it has other columns than the mapping.
  Result<bool> check(const TableMapping& table);

  // As Sink::read_live_columns().
  Result<LiveColumns> read_live_columns(const TableMapping& table);

  // The cells of a row in binary form; nullopt: NULL. Views are valid during the call. False: no
  // more are wanted; after a scan that ended so, an error, the reader is of no use any more.
  using Visit = std::function<bool(std::span<const std::optional<std::string_view>> cells)>;

  // Every row, one at a time, however many there are. On CrateDB in pages, which go by the key that
  // is the last cell; rows that are written meanwhile may be seen or not, others are seen once.
  Status scan(const TableMapping& table, const RowScan& scan, const Visit& visit);

  // The rows of `select`, whose $1 is `keys`; a thousand or so. On CrateDB after a REFRESH, so that
  // what was written before is seen.
  Status read(const TableMapping& table,
              const std::string& select,
              std::string_view keys,
              const Visit& visit);

 private:
  Status scan_pages(const TableMapping& table, const RowScan& scan, const Visit& visit);

  struct State;
  explicit RowReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace relay
