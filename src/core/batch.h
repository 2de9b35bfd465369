// Batch: row writes applied together, ending at one position. Owns all its bytes.
//
// Invariant: within one table every key occurs once, in `upserts` or in `removals`, so the order in
// which the statements of a batch run does not matter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/position.h"
#include "core/row_block.h"
#include "core/row_origins.h"
#include "core/snapshot.h"

namespace relay {

struct TableMapping;  // mapping/table_mapping.h

struct TableRows {
  const TableMapping* table = nullptr;  // Outlives the batch.
  RowBlock upserts;                     // Columns as in shape_of(), the key first. Sealed.
  RowBlock removals;                    // Columns as in removal_element_oids(). Sealed.
  RowOrigins upsert_origins{};          // One a row, or none.
  RowOrigins removal_origins{};
};

// A rejection: a document that cannot become a row, kept so that nothing is lost.
struct DeadLetter {
  const TableMapping* table = nullptr;
  std::string doc_key;    // Key text, whole; the sink shortens what is too long for its index.
  std::string reason;     // duplicate_key, invalid_name, key_too_long, rejected, ...
  std::string detail;     // What the writer of the letter knew: names and codes, never values.
  std::string operation;  // insert, update, replace.
  std::string position;   // Token of the event, hex.
  std::string document;   // Canonical Extended JSON.
};

// Something that happens to a whole table, before the rows of its batch.
struct TableAction {
  enum class Kind : std::uint8_t {
    truncate,    // All rows go away.
    add_column,  // The table gets the columns of `table` that it does not have (evolve = "add").
  };
  Kind kind = Kind::truncate;
  const TableMapping* table = nullptr;
  const TableMapping* before = nullptr;  // add_column: the mapping without the new columns.
};

enum class WriteMethod : std::uint8_t {
  upsert,
  copy,  // The keys are believed to be new. When one is not, the target refuses the batch as a
         // whole (row_rejected), and it is applied again by upsert.
};

struct Batch {
  std::vector<TableAction> actions;
  std::vector<TableRows> tables;  // Each table once.
  WriteMethod method = WriteMethod::upsert;
  std::vector<SnapshotUpdate> snapshots;
  std::vector<DeadLetter> dead_letters;
  // `end` is not where the batch before ended, so finding it stored proves that this one is in.
  bool moves_position = false;
  // The source's past is gone: `end` may lie before what is stored.
  bool may_move_back = false;
  Checkpoint end;                    // Everything up to here is in the batch or was applied before.
  std::uint64_t event_count = 0;     // Events it was made from, also those nobody wanted.
  std::uint64_t sequence = 0;        // Counts batches since the start; for logs and checks.
  Clock::TimePoint oldest_received;  // When the oldest reply in it arrived.

  [[nodiscard]] std::size_t row_count() const {
    std::size_t count = 0;
    for (const TableRows& rows : tables)
      count += rows.upserts.row_count() + rows.removals.row_count();
    return count;
  }
  [[nodiscard]] std::size_t byte_count() const {
    std::size_t count = 0;
    for (const TableRows& rows : tables)
      count += rows.upserts.byte_count() + rows.removals.byte_count();
    for (const DeadLetter& letter : dead_letters)
      count += letter.document.size();
    return count;
  }
};

}  // namespace relay
