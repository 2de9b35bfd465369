#include "support/sim_trace.h"

#include <array>
#include <string_view>

#include "core/snapshot.h"
#include "mapping/table_mapping.h"
#include "support/fake_sink.h"

namespace relay {
namespace {

constexpr std::array<std::string_view, 9> kOperations = {"insert",
                                                         "update",
                                                         "replace",
                                                         "delete",
                                                         "invalidate",
                                                         "drop",
                                                         "rename",
                                                         "drop_database",
                                                         "create"};

void append_keys(std::string& line,
                 char sign,
                 const std::string& collection,
                 const RowBlock& rows) {
  for (const RowChunk& chunk : rows.chunks()) {
    for (const std::string& key : cells_of(chunk, 0))
      line.append(1, ' ').append(1, sign).append(collection).append(1, '/').append(key);
  }
}

}  // namespace

std::string format_event(const FakeEvent& event) {
  std::string line(kOperations.at(static_cast<std::size_t>(event.operation)));
  line += " " + event.collection + "/" + std::to_string(event.key);
  line += " seq=" + std::to_string(event.seq) + " time=" + std::to_string(event.time.increment);
  line += " token=" + event.token;
  if (event.transaction != 0) line += " transaction=" + std::to_string(event.transaction);
  if (event.is_large) line += event.is_huge ? " huge" : " large";
  return line;
}

std::string format_commit(const Batch& batch) {
  std::string line = "commit " + batch.end.position.token;
  if (batch.may_move_back) line += " gap";
  for (const TableAction& action : batch.actions)
    line += action.kind == TableAction::Kind::truncate ? " truncate" : " add_column";
  for (const TableRows& rows : batch.tables) {
    append_keys(line, '+', rows.table->from.collection, rows.upserts);
    append_keys(line, '-', rows.table->from.collection, rows.removals);
  }
  for (const DeadLetter& letter : batch.dead_letters)
    line += " letter=" + letter.table->from.collection + "/" + letter.doc_key;
  for (const SnapshotUpdate& update : batch.snapshots) {
    for (const SnapshotPart& part : update.parts)
      line.append(" ").append(update.table).append(":").append(format_snapshot_state(part.state));
  }
  return line;
}

}  // namespace relay
