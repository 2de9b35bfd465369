#include "apply/crate_parts.h"

#include <algorithm>

#include "apply/crate_exchange.h"
#include "apply/pg_failpoint.h"
#include "apply/snapshot_parts.h"
#include "sql/crate.h"

namespace relay {

Result<std::vector<SnapshotPart>> CrateParts::load(PgConnection& connection) {
  const std::string doing = "load the snapshots stream=" + stream_;
  const Result<PgAnswer> refreshed =
      ask_crate(connection, "REFRESH TABLE relay.snapshot", {}, doing);
  if (!refreshed.ok()) return refreshed.error();
  const Result<PgAnswer> found =
      ask_crate(connection, sql::crate::load_snapshot_parts, PgParams().bytes(stream_), doing);
  if (!found.ok()) return found.error();
  Result<std::vector<SnapshotPart>> parts = read_snapshot_parts(found.value(), doing);
  if (!parts.ok()) return parts;
  known_.clear();
  for (const SnapshotPart& part : parts.value())
    known_[part.table].insert(part.part);
  return parts;
}

Status CrateParts::reset_lost_tables(PgConnection& connection,
                                     std::vector<SnapshotPart>& parts,
                                     double now_seconds) {
  std::set<std::string> begun;
  for (const SnapshotPart& part : parts) {
    const bool is_begun =
        part.state != SnapshotState::waiting && part.state != SnapshotState::dropped;
    if (is_begun) begun.insert(part.table);
  }
  // relay.snapshot was read a moment ago: the server knows its tables.
  for (const std::string& table : begun) {
    const Result<PgAnswer> found = ask_crate(
        connection, sql::crate::find_table, PgParams().bytes(table), "look for table " + table);
    if (!found.ok()) return found.error();
    if (found.value().number(0, 0) > 0) continue;
    SnapshotPart waiting{.table = table};
    // First what says that nothing is there: cut off in between, the others are read as well, and
    // the table is still not there.
    if (Status stored = store_part(connection, waiting, now_seconds); !stored.ok()) return stored;
    known_[table].insert(waiting.part);
    if (Status removed = remove_others(connection, {.table = table, .parts = {waiting}});
        !removed.ok())
      return removed;
    std::erase_if(parts, [&](const SnapshotPart& part) { return part.table == table; });
    parts.push_back(std::move(waiting));
  }
  return ok_status();
}

Status CrateParts::store(PgConnection& connection, const Batch& batch, double now_seconds) {
  for (const SnapshotUpdate& update : batch.snapshots) {
    if (update.replaces_all) {
      if (Status removed = remove_others(connection, update); !removed.ok()) return removed;
    }
    for (SnapshotPart part : update.parts) {
      part.table = update.table;
      if (Status hit = pass_or_fail(Failpoint::crate_snapshot_before, connection); !hit.ok())
        return hit;
      if (Status stored = store_part(connection, part, now_seconds); !stored.ok()) return stored;
      if (Status hit = pass_or_fail(Failpoint::crate_snapshot_after, connection); !hit.ok())
        return hit;
      known_[update.table].insert(part.part);
    }
  }
  return ok_status();
}

Status CrateParts::remove_all(PgConnection& connection) {
  if (const auto loaded = load(connection); !loaded.ok()) return loaded.error();
  for (const auto& [table, parts] : known_) {
    const SnapshotUpdate none{.table = table};
    if (Status removed = remove_others(connection, none); !removed.ok()) return removed;
  }
  return ok_status();
}

// By their whole keys: a condition on the table alone would not see fresh rows.
Status CrateParts::remove_others(PgConnection& connection, const SnapshotUpdate& update) {
  std::set<int>& known = known_[update.table];
  for (auto part = known.begin(); part != known.end();) {
    if (std::ranges::find(update.parts, *part, &SnapshotPart::part) != update.parts.end()) {
      ++part;
      continue;
    }
    const Result<PgAnswer> removed =
        ask_crate(connection,
                  sql::crate::delete_snapshot_part,
                  PgParams().bytes(stream_).bytes(update.table).number(*part),
                  "store the snapshot table=" + update.table);
    if (!removed.ok()) return removed.error();
    part = known.erase(part);
  }
  return ok_status();
}

Status CrateParts::store_part(PgConnection& connection,
                              const SnapshotPart& part,
                              double now_seconds) {
  const std::string next = format_key_bound(part.next);
  const std::string end = format_key_bound(part.end);
  const std::string state = format_snapshot_state(part.state);
  PgParams params;
  params.bytes(stream_).bytes(part.table).number(part.part).bytes(next).bytes(end);
  params.bytes(part.next_row).number(static_cast<std::int64_t>(part.rows_done));
  params.number(static_cast<std::int64_t>(part.rows_estimated)).bytes(state);
  params.number(to_crate_time(now_seconds));
  const std::string doing = "store the snapshot table=" + part.table;
  const Result<PgAnswer> stored =
      ask_crate(connection, sql::crate::store_snapshot_part, params, doing);
  if (!stored.ok()) return stored.error();
  if (stored.value().affected() == 1) return ok_status();
  return Error{ErrorKind::sink_unknown, doing + ": the target did not take it", ""};
}

}  // namespace relay
