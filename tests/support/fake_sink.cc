#include "support/fake_sink.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/check.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

std::uint32_t read_int32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = (value << 8U) | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

bool has_column(const std::vector<ColumnMapping>& columns, const std::string& name) {
  return std::ranges::find(columns, name, &ColumnMapping::name) != columns.end();
}

// {"seq":5} of a bigint cell, as text.
std::string show_number(const std::string& name, const std::string& cell) {
  if (cell.empty()) return "";
  CHECK(cell.size() == 8, "the columns of the simulation are of type bigint");
  return "\"" + name + "\":" + std::to_string(read_int32(cell, 4));
}

// What a row shows: its JSON, and its columns in the same form.
std::vector<std::string> rows_of(const RowChunk& chunk, const TableMapping& mapping) {
  std::vector<std::string> rows(chunk.row_count);
  const std::vector<ShapeColumn> shape = shape_of(mapping);
  for (std::size_t column = 1; column < shape.size(); ++column) {
    const std::vector<std::string> cells = cells_of(chunk, column);
    const bool is_value = shape[column].role == ColumnRole::value;
    for (std::size_t row = 0; row < cells.size(); ++row)
      rows[row] += is_value ? show_number(shape[column].name, cells[row]) : cells[row];
  }
  return rows;
}

void store_snapshots(FakeTarget& target, const Batch& batch) {
  for (const SnapshotUpdate& update : batch.snapshots) {
    if (update.replaces_all) {
      std::erase_if(target.snapshots,
                    [&](const auto& entry) { return entry.first.first == update.table; });
    }
    for (const SnapshotPart& part : update.parts)
      target.snapshots[{update.table, part.part}] = part;
  }
}

constexpr SideKinds kKinds = {.cut = ErrorKind::sink_unavailable,
                              .unknown = ErrorKind::sink_unknown,
                              .refused = ErrorKind::sink_refused};

}  // namespace

int seq_of_row(const std::string& row) {
  const std::size_t at = row.find("\"seq\":");
  CHECK(at != std::string::npos, "every row shows its seq");
  return std::atoi(row.c_str() + at + 6);
}

std::vector<std::string> cells_of(const RowChunk& chunk, std::size_t column) {
  const std::string& bytes = chunk.columns[column];
  std::vector<std::string> cells;
  for (std::size_t at = 20; at < bytes.size();) {
    const std::uint32_t sent = read_int32(bytes, at);
    const std::uint32_t length = sent == 0xFFFFFFFFU ? 0 : sent;
    cells.push_back(bytes.substr(at + 4, length));
    at += 4 + length;
  }
  CHECK(cells.size() == chunk.row_count && read_int32(bytes, 12) == chunk.row_count,
        "the header counts the cells");
  return cells;
}

std::optional<Error> FakeSink::fault() {
  if (next_error) {
    is_open_ = false;
    return std::exchange(next_error, std::nullopt);
  }
  std::optional<Error> error;
  if (random_.one_in(fault_every))
    error = Error{ErrorKind::sink_unavailable, "target: cut", ""};
  else
    error = ask_watch(watch, CallEdge::before, kKinds, "target");
  if (error) is_open_ = false;
  return error;
}

std::optional<Error> FakeSink::lost_answer() {
  std::optional<Error> error = ask_watch(watch, CallEdge::after, kKinds, "target");
  if (error) is_open_ = false;
  return error;
}

Result<std::optional<Checkpoint>> FakeSink::open() {
  if (const std::optional<Error> error = fault()) return *error;
  if (epoch_ == 0) {
    const bool is_held = target_.owner != owner_ && clock_.now() < target_.lease_until;
    if (is_held) return Error{ErrorKind::lease_held, "open the target: held", ""};
    epoch_possible_ = target_.epoch;
  } else {
    const bool is_mine =
        target_.owner == owner_ && target_.epoch >= epoch_ && target_.epoch <= epoch_possible_;
    if (!is_mine) return Error{ErrorKind::lease_lost, "open the target: taken over", ""};
  }
  // Always a new one: what an earlier connection has left on its way is shut out.
  target_.epoch = ++epoch_possible_;
  target_.owner = owner_;
  target_.lease_until = clock_.now() + target_.lease;
  if (const std::optional<Error> error = lost_answer()) return *error;
  epoch_ = epoch_possible_;
  is_open_ = true;
  return target_.checkpoint;
}

Status FakeSink::prepare(const TableMapping& table) {
  CHECK(is_open_, "prepare on an open sink");
  if (const std::optional<Error> error = fault()) return *error;
  const std::string name = format_table(table.to);
  const std::vector<ColumnMapping>& added = target_.added_columns[name];
  const bool fits = std::ranges::all_of(table.columns, [&](const ColumnMapping& column) {
    return column.is_key || has_column(added, column.name);
  });
  if (!fits) return Error{ErrorKind::sink_refused, "check table: a column is missing", ""};
  target_.tables.insert(name);
  if (const std::optional<Error> error = lost_answer()) return *error;
  return ok_status();
}

Result<LiveColumns> FakeSink::read_live_columns(const TableMapping& table) {
  if (random_.one_in(fault_every)) return Error{ErrorKind::sink_unavailable, "columns: cut", ""};
  if (std::optional<Error> error = ask_watch(watch, CallEdge::before, kKinds, "columns"))
    return *error;
  return LiveColumns{.added = target_.added_columns[format_table(table.to)], .spare = {}};
}

std::optional<Error> FakeSink::refusal(const Batch& batch) const {
  if (target_.epoch != epoch_) return Error{ErrorKind::lease_lost, "apply batch: taken over", ""};
  for (const TableRows& rows : batch.tables) {
    CHECK(target_.tables.contains(format_table(rows.table->to)), "tables are prepared first");
    for (const RowChunk& chunk : rows.upserts.chunks()) {
      const std::vector<std::string> keys = cells_of(chunk, 0);
      const std::vector<std::string> documents = rows_of(chunk, *rows.table);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool is_twice = batch.method == WriteMethod::copy &&
                              target_.rows.contains({format_table(rows.table->to), keys[i]});
        if (is_twice || target_.refuses(keys[i], documents[i]))
          return Error{ErrorKind::row_rejected, "apply batch: refused", ""};
      }
    }
  }
  return std::nullopt;
}

void FakeTarget::commit(const Batch& batch, Clock::TimePoint now) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const TableAction& action : batch.actions) {
    const std::string table = format_table(action.table->to);
    if (action.kind == TableAction::Kind::add_column) {
      CHECK(tables.contains(table), "a column is added to a table");
      std::vector<ColumnMapping>& added = added_columns[table];
      for (const ColumnMapping& column : action.table->columns) {
        if (!column.is_key && !has_column(added, column.name)) added.push_back(column);
      }
      continue;
    }
    std::erase_if(rows, [&](const auto& row) { return row.first.first == table; });
  }
  if (batch.method == WriteMethod::copy) ++copies;
  for (const TableRows& written : batch.tables) {
    const std::string table = format_table(written.table->to);
    for (const RowChunk& chunk : written.removals.chunks()) {
      for (const std::string& key : cells_of(chunk, 0)) {
        CHECK(seen.emplace(table, key).second, "a key occurs once in a batch");
        rows.erase({table, key});
        letters.erase({table, key});
      }
    }
    for (const RowChunk& chunk : written.upserts.chunks()) {
      const std::vector<std::string> keys = cells_of(chunk, 0);
      const std::vector<std::string> documents = rows_of(chunk, *written.table);
      for (const ColumnMapping& column : written.table->columns) {
        CHECK(column.is_key || has_column(added_columns[table], column.name),
              "a column is added before the rows that have it");
      }
      for (std::size_t i = 0; i < keys.size(); ++i) {
        CHECK(seen.emplace(table, keys[i]).second, "a key occurs once in a batch");
        rows[{table, keys[i]}] = documents[i];
        letters.erase({table, keys[i]});
      }
    }
  }
  for (const DeadLetter& letter : batch.dead_letters)
    letters.insert_or_assign({format_table(letter.table->to), letter.doc_key}, letter);
  store_snapshots(*this, batch);
  checkpoint = batch.end;
  lease_until = now + lease;
  ++commits;
  if (on_commit) on_commit(batch);
}

void FakeTarget::finish_late(Clock::TimePoint now) {
  if (!late) return;
  const LateBatch arrived = std::move(*late);
  late.reset();
  if (arrived.epoch != epoch) return;
  opened_now_at = arrived.opened_now_at;
  commit(arrived.batch, now);
}

bool FakeTarget::refuses(const std::string& key, const std::string& row) const {
  const int seq = seq_of_row(row);
  return poison.contains(key) || (refused_seq_every > 0 && seq % refused_seq_every == 0);
}

void FakeSink::commit(const Batch& batch) {
  target_.opened_now_at = opened_now_at ? opened_now_at() : 0;
  target_.commit(batch, clock_.now());
}

Result<std::vector<SnapshotPart>> FakeSink::load_snapshots() {
  CHECK(is_open_, "load_snapshots on an open sink");
  if (const std::optional<Error> error = fault()) return *error;
  std::vector<SnapshotPart> parts;
  for (const auto& [at, part] : target_.snapshots)
    parts.push_back(part);
  return parts;
}

Result<KeyPage> FakeSink::read_keys(const TableMapping& table,
                                    const std::optional<std::string>& after,
                                    std::size_t count) {
  if (random_.one_in(fault_every)) return Error{ErrorKind::sink_unavailable, "read keys: cut", ""};
  if (std::optional<Error> error = ask_watch(watch, CallEdge::before, kKinds, "read keys"))
    return *error;
  CHECK(target_.tables.contains(format_table(table.to)), "tables are prepared first");
  KeyPage page{.keys = {}, .is_last = true};
  for (const auto& [at, row] : target_.rows) {
    if (at.first != format_table(table.to) || (after && at.second <= *after)) continue;
    if (page.keys.size() == count) {
      page.is_last = false;
      break;
    }
    page.keys.push_back(at.second);
  }
  return page;
}

Status FakeSink::apply(const Batch& batch) {
  CHECK(is_open_, "apply on an open sink");
  if (const std::optional<Error> error = fault()) return *error;
  if (apply_error) {
    is_open_ = false;
    return *apply_error;
  }
  if (const std::optional<Error> error = refusal(batch)) {
    if (error->kind == ErrorKind::row_rejected) ++target_.refusals;
    return *error;
  }
  const bool is_in_doubt = random_.one_in(fault_every);
  if (is_in_doubt) {
    is_open_ = false;
    if (random_.one_in(2)) commit(batch);
    return Error{ErrorKind::sink_in_doubt, "apply batch: cut during commit", ""};
  }
  if (ask_watch(watch, CallEdge::within, kKinds, "apply batch")) {
    is_open_ = false;
    target_.late = {
        .batch = batch, .epoch = epoch_, .opened_now_at = opened_now_at ? opened_now_at() : 0};
    return Error{ErrorKind::sink_in_doubt, "apply batch: cut on the way", ""};
  }
  commit(batch);
  if (!lost_answer()) return ok_status();
  return Error{ErrorKind::sink_in_doubt, "apply batch: cut before the answer", ""};
}

Status FakeSink::isolate(Batch& batch, Grounds /*grounds*/) {
  if (const std::optional<Error> error = fault()) return *error;
  for (TableRows& rows : batch.tables) {
    const std::size_t width = shape_of(*rows.table).size();
    RowBlock kept(std::vector<std::uint32_t>(width, kTextOid), {});
    for (const RowChunk& chunk : rows.upserts.chunks()) {
      const std::vector<std::string> keys = cells_of(chunk, 0);
      std::vector<std::vector<std::string>> others;
      for (std::size_t column = 1; column < width; ++column)
        others.push_back(cells_of(chunk, column));
      const std::vector<std::string> documents = rows_of(chunk, *rows.table);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        if (target_.refuses(keys[i], documents[i])) {
          DeadLetter letter;
          letter.table = rows.table;
          letter.doc_key = keys[i];
          letter.reason = "rejected";
          batch.dead_letters.push_back(std::move(letter));
          continue;
        }
        kept.begin_row();
        kept.add_cell(keys[i]);
        for (const std::vector<std::string>& cells : others) {
          if (cells[i].empty()) {
            kept.add_null();
          } else {
            kept.add_cell(cells[i]);
          }
        }
        kept.end_row();
      }
    }
    kept.seal();
    rows.upserts = std::move(kept);
  }
  return ok_status();
}

Status FakeSink::renew() {
  if (const std::optional<Error> error = fault()) return *error;
  if (target_.epoch != epoch_) return Error{ErrorKind::lease_lost, "renew: taken over", ""};
  target_.lease_until = clock_.now() + target_.lease;
  if (const std::optional<Error> error = lost_answer()) return *error;
  return ok_status();
}

void FakeSink::release() {
  if (ask_watch(watch, CallEdge::before, kKinds, "release")) return;
  if (target_.epoch == epoch_) target_.lease_until = clock_.now();
}

}  // namespace relay
