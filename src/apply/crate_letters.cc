#include "apply/crate_letters.h"

#include "apply/array_cells.h"
#include "apply/cell_text.h"
#include "apply/crate_exchange.h"
#include "apply/letter_key.h"
#include "apply/pg_failpoint.h"
#include "mapping/table_shape.h"
#include "sql/crate.h"

namespace relay {

Status CrateLetters::load(PgConnection& connection) {
  const std::string doing = "read the open dead letters";
  const Result<PgAnswer> refreshed =
      ask_crate(connection, "REFRESH TABLE relay.dead_letter", {}, doing);
  if (!refreshed.ok()) return refreshed.error();
  const Result<PgAnswer> found =
      ask_crate(connection, sql::crate::list_open_letters, PgParams().bytes(stream_), doing);
  if (!found.ok()) return found.error();
  open_.clear();
  for (int row = 0; row < found.value().row_count(); ++row) {
    const auto text = [&](int column) {
      return std::string(found.value().cell(row, column).value_or(""));
    };
    open_.emplace(Key{text(1), text(2)}, text(0));
  }
  return ok_status();
}

Status CrateLetters::write(PgConnection& connection, const Batch& batch, double now_seconds) {
  if (!open_.empty()) {
    for (const TableRows& rows : batch.tables) {
      for (const RowBlock* block : {&rows.upserts, &rows.removals}) {
        if (Status closed = close(connection, rows, *block, now_seconds); !closed.ok())
          return closed;
      }
    }
  }
  for (const DeadLetter& letter : batch.dead_letters) {
    if (Status hit = pass_or_fail(Failpoint::crate_letter_before, connection); !hit.ok())
      return hit;
    if (Status inserted = insert(connection, letter, now_seconds); !inserted.ok()) return inserted;
    if (Status hit = pass_or_fail(Failpoint::crate_letter_after, connection); !hit.ok()) return hit;
  }
  return batch.dead_letters.empty() ? ok_status() : count_again(connection);
}

// Read again only when somebody has closed some: there may be many.
Status CrateLetters::count_again(PgConnection& connection) {
  const std::string doing = "count the open dead letters";
  const Result<PgAnswer> refreshed =
      ask_crate(connection, "REFRESH TABLE relay.dead_letter", {}, doing);
  if (!refreshed.ok()) return refreshed.error();
  const Result<PgAnswer> counted =
      ask_crate(connection, sql::crate::count_open_letters, PgParams().bytes(stream_), doing);
  if (!counted.ok()) return counted.error();
  const bool is_known = static_cast<std::uint64_t>(counted.value().number(0, 0)) == open_.size();
  return is_known ? ok_status() : load(connection);
}

Status CrateLetters::close(PgConnection& connection,
                           const TableRows& rows,
                           const RowBlock& block,
                           double now) {
  const std::string table = format_table(rows.table->to);
  const ColumnType key_type = shape_of(*rows.table).front().type;
  for (const RowChunk& chunk : block.chunks()) {
    const ArrayCells keys(chunk.columns.front());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      for (const std::string& text : key_texts(key_type, keys[i].value_or(""), form_of(keys))) {
        const auto [first, last] = open_.equal_range({table, make_letter_key(text)});
        for (auto letter = first; letter != last; letter = open_.erase(letter)) {
          const Result<PgAnswer> closed =
              ask_crate(connection,
                        sql::crate::close_dead_letter,
                        PgParams().bytes(letter->second).number(to_crate_time(now)),
                        "close a dead letter table=" + table);
          if (!closed.ok()) return closed.error();
        }
      }
    }
  }
  return ok_status();
}

Status CrateLetters::insert(PgConnection& connection, const DeadLetter& letter, double now) {
  const std::string table = format_table(letter.table->to);
  const Key key{table, make_letter_key(letter.doc_key)};
  const bool is_snapshot = letter.operation == "snapshot";
  // A snapshot finds documents that the stream has complained of before.
  if (is_snapshot && open_.contains(key)) return ok_status();
  const std::string id = make_letter_id(stream_ + "/" + table + "/" + letter.reason + "/" +
                                        (is_snapshot ? "" : letter.position) + "/" + key.second);
  PgParams params;
  params.bytes(id).bytes(stream_).bytes(table).bytes(key.second).bytes(letter.reason);
  params.bytes(letter.detail).bytes(letter.operation).bytes(letter.position);
  params.bytes(letter.document).number(to_crate_time(now));
  const Result<PgAnswer> inserted = ask_crate(
      connection, sql::crate::insert_dead_letter, params, "write a dead letter table=" + table);
  if (!inserted.ok()) return inserted.error();
  if (inserted.value().affected() != 1) {
    return Error{ErrorKind::sink_unknown,
                 "write a dead letter table=" + table + ": the target did not take it",
                 "look into CrateDB's log"};
  }
  const auto [first, last] = open_.equal_range(key);
  for (auto open = first; open != last; ++open) {
    if (open->second == id) return ok_status();
  }
  open_.emplace(key, id);
  return ok_status();
}

}  // namespace relay
