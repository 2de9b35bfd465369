#include "apply/snapshot_parts.h"

#include "apply/array_cells.h"
#include "mapping/table_shape.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr char kDelete[] = "relay_delete_parts";
constexpr char kStore[] = "relay_store_parts";

RowBlock make_rows(const std::vector<SnapshotPart>& parts) {
  RowBlock rows({kBigintOid, kTextOid, kTextOid, kTextOid, kBigintOid, kBigintOid, kTextOid}, {});
  for (const SnapshotPart& part : parts) {
    rows.begin_row();
    add_bigint(rows, part.part);
    rows.add_cell(format_key_bound(part.next));
    rows.add_cell(format_key_bound(part.end));
    rows.add_cell(part.next_row);
    add_bigint(rows, static_cast<std::int64_t>(part.rows_done));
    add_bigint(rows, static_cast<std::int64_t>(part.rows_estimated));
    rows.add_cell(format_snapshot_state(part.state));
    rows.end_row();
  }
  rows.seal();
  return rows;
}

// Columns as in load_snapshot_parts.sql. False: the row is none that relay has written.
bool read_part(const PgAnswer& answer, int row, SnapshotPart& part) {
  const auto text = [&](int column) { return std::string(answer.cell(row, column).value_or("")); };
  part.table = text(0);
  part.part = static_cast<int>(answer.number(row, 1));
  part.next_row = text(4);
  part.rows_done = static_cast<std::uint64_t>(answer.number(row, 5));
  part.rows_estimated = static_cast<std::uint64_t>(answer.number(row, 6));
  return parse_key_bound(text(2), part.next) && parse_key_bound(text(3), part.end) &&
         answer.number(row, 5) >= 0 && answer.number(row, 6) >= 0 &&
         parse_snapshot_state(text(7), part.state);
}

}  // namespace

void queue_snapshot_preparation(PgPipeline& pipeline) {
  pipeline.prepare(kDelete, std::string(sql::postgres::delete_snapshot_parts));
  pipeline.prepare(kStore, std::string(sql::postgres::store_snapshot_parts));
}

void queue_snapshots(PgPipeline& pipeline, const std::string& stream, const Batch& batch) {
  for (const SnapshotUpdate& update : batch.snapshots) {
    pipeline.pass(Failpoint::postgres_snapshot_before);
    if (update.replaces_all) {
      pipeline.execute(kDelete, PgParams().bytes(stream).bytes(update.table));
    }
    const RowBlock rows = make_rows(update.parts);
    for (const RowChunk& chunk : rows.chunks()) {
      PgParams params;
      params.bytes(stream).bytes(update.table);
      for (const std::string& column : chunk.columns)
        params.bytes(column);
      pipeline.execute(kStore, params);
    }
    pipeline.pass(Failpoint::postgres_snapshot_sent);
  }
}

Result<std::vector<SnapshotPart>> load_snapshot_parts(PgConnection& connection,
                                                      const std::string& stream) {
  const std::string doing = "load the snapshots stream=" + stream;
  PgPipeline pipeline(connection);
  pipeline.query(sql::postgres::forget_missing_tables, PgParams().bytes(stream));
  pipeline.query(sql::postgres::load_snapshot_parts, PgParams().bytes(stream));
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, doing);
  return read_snapshot_parts(outcome.answers.back(), doing);
}

Result<std::vector<SnapshotPart>> read_snapshot_parts(const PgAnswer& answer,
                                                      const std::string& doing) {
  std::vector<SnapshotPart> parts(static_cast<std::size_t>(answer.row_count()));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    SnapshotPart& part = parts[i];
    if (read_part(answer, static_cast<int>(i), part)) continue;
    return Error{ErrorKind::sink_refused,
                 doing + ": cannot read the row tbl=" + part.table +
                     " part=" + std::to_string(part.part) + " of relay.snapshot",
                 "was it changed by hand, or written by a later version? Delete the rows of this "
                 "table from relay.snapshot to begin its snapshot again"};
  }
  return parts;
}

}  // namespace relay
