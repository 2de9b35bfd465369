// The part of CrateStore that writes rows: which of them CrateDB takes, and what it says.
#include <algorithm>

#include "apply/array_cells.h"
#include "core/row_block.h"
#include "crate_double/crate_store.h"

namespace relay {
namespace {

using Cell = std::optional<std::string>;

std::string quote(const std::string& name) {
  return "\"" + replace_all(name, "\"", "\"\"") + "\"";
}

// Before RETURNING, or at the end.
std::string with_touch(std::string on_conflict) {
  if (on_conflict.find("DO UPDATE SET") == std::string::npos) return on_conflict;
  const std::size_t at = std::min(on_conflict.find(" RETURNING"), on_conflict.size());
  return on_conflict.insert(at, ", _seq_no = nextval('crate_double.sequence'), _fresh = true");
}

std::vector<std::vector<Cell>> read_rows(const CrateParameters& parameters) {
  std::vector<std::vector<Cell>> rows;
  for (const CrateParameter& parameter : parameters) {
    const ArrayCells cells(parameter.bytes);
    rows.resize(std::max(rows.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
      rows[i].push_back(cells[i] ? Cell(std::string(*cells[i])) : Cell());
  }
  return rows;
}

// CrateDB takes the last of several rows with one key; PostgreSQL refuses them.
std::vector<std::vector<Cell>> last_of_each_key(const std::vector<std::vector<Cell>>& rows) {
  std::map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < rows.size(); ++i)
    last[*rows[i].front()] = i;
  std::vector<std::vector<Cell>> kept;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (last[*rows[i].front()] == i) kept.push_back(rows[i]);
  }
  return kept;
}

}  // namespace

void CrateStore::keep_columns(const std::string& table,
                              const std::string& column,
                              const SubColumns& before,
                              const SubColumns& after) {
  for (const auto& [path, type] : after) {
    const auto old = before.find(path);
    if (old != before.end() && old->second == type) continue;
    static_cast<void>(
        pass("INSERT INTO crate_double.sub_column VALUES ($1, $2, $3, $4) ON CONFLICT (table_name, "
             "column_name, path) DO UPDATE SET type = excluded.type",
             {{.bytes = table}, {.bytes = column}, {.bytes = path}, {.bytes = type}}));
  }
}

std::optional<StoredObject> CrateStore::store_document(const std::string& table,
                                                       const std::string& column,
                                                       const std::string& text) {
  return world_.objects.with([&](auto& objects) -> std::optional<StoredObject> {
    const auto known = objects.find({table, column});
    if (known == objects.end()) return std::nullopt;
    return store_object(text, known->second, kCrateColumnsMax - 10);
  });
}

void CrateStore::put_old_objects(const Statement& statement, std::vector<Cell>& row) {
  const std::string table = plain_table(statement.table);
  for (std::size_t i = 1; i < row.size(); ++i) {
    const std::string& column = statement.columns[i];
    if (!world_.objects.with([&](auto& objects) { return objects.contains({table, column}); }))
      continue;
    const CrateOutcome old = pass("SELECT " + quote(column) + " FROM " + statement.table +
                                      " WHERE " + quote(statement.columns[0]) + " = $1",
                                  {{.bytes = *row[0]}});
    if (old.failure || PQntuples(old.rows.get()) == 0) continue;
    row[i] =
        PQgetisnull(old.rows.get(), 0, 0) != 0 ? Cell() : Cell(PQgetvalue(old.rows.get(), 0, 0));
  }
}

CrateOutcome CrateStore::unnest(const Statement& statement, const CrateParameters& parameters) {
  const std::string table = plain_table(statement.table);
  const CrateTraps traps = world_.traps.with([](CrateTraps& shared) {
    CrateTraps mine = shared;
    shared.rows_lost_once = 0;
    shared.error_once.clear();
    shared.dies_after_rows = 0;
    return mine;
  });
  const auto before = world_.objects.copy();
  std::vector<std::vector<Cell>> rows;
  bool has_grown = false;
  for (std::vector<Cell>& row : read_rows(parameters)) {
    const bool is_behind_growth = has_grown;
    const bool is_lost = !row.front() || traps.dropped_keys.contains(*row.front()) ||
                         traps.refused_keys.contains(*row.front());
    bool is_taken = !is_lost;
    for (std::size_t i = 0; is_taken && i < row.size(); ++i) {
      if (!row[i]) continue;
      const auto stored = store_document(table, statement.columns[i], *row[i]);
      if (!stored) continue;
      is_taken = stored->fate == StoredObject::Fate::stored;
      row[i] = stored->value.dump();
      has_grown = has_grown || stored->has_grown;
    }
    // Of rows that exist already: the update does not find its column any more.
    if (is_taken && is_behind_growth) put_old_objects(statement, row);
    if (is_taken) rows.push_back(std::move(row));
  }
  for (const auto& [name, columns] : world_.objects.copy()) {
    if (name.first != table) continue;
    const auto old = before.find(name);
    keep_columns(table, name.second, old == before.end() ? SubColumns() : old->second, columns);
  }
  if (traps.rows_lost_once > 0)
    rows.resize(rows.size() - std::min(rows.size(), traps.rows_lost_once));
  if (!traps.error_once.empty()) rows.resize(rows.size() / 2);
  if (traps.dies_after_rows > 0) rows.resize(std::min(rows.size(), traps.dies_after_rows));
  CrateOutcome outcome = write_rows(statement, rows);
  if (traps.dies_after_rows > 0) die_();
  if (!traps.error_once.empty()) return {.failure = CrateFailure{.message = traps.error_once}};
  return outcome;
}

CrateOutcome CrateStore::write_rows(const Statement& statement,
                                    const std::vector<std::vector<Cell>>& rows) {
  const std::string table = plain_table(statement.table);
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    const std::string comma = i == 0 ? "" : ", ";
    names += comma + quote(statement.columns[i]);
    values += comma + "unnest($" + std::to_string(i + 1) +
              "::text[])::" + column_type(table, statement.columns[i]);
  }
  CrateParameters arrays;
  RowBlock block(std::vector<std::uint32_t>(statement.columns.size(), 25U),
                 {.rows_max = rows.size() + 1, .bytes_max = std::size_t{1} << 30U});
  for (const std::vector<Cell>& row : last_of_each_key(rows)) {
    block.begin_row();
    for (const Cell& cell : row) {
      if (cell) {
        block.add_cell(*cell);
      } else {
        block.add_null();
      }
    }
    block.end_row();
  }
  block.seal();
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    arrays.push_back(
        block.chunks().empty()
            ? CrateParameter{.bytes = "{}"}
            : CrateParameter{.is_binary = true, .bytes = block.chunks()[0].columns[i]});
  }
  CrateOutcome outcome = pass("INSERT INTO " + statement.table + " (" + names + ") SELECT " +
                                  values + " " + with_touch(statement.on_conflict),
                              arrays);
  outcome.count = static_cast<long long>(rows.size());
  return outcome;
}

CrateOutcome CrateStore::insert(const Statement& statement, CrateParameters parameters) {
  const std::string table = plain_table(statement.table);
  const auto before = world_.objects.copy();
  if (parameters.empty()) return pass(statement.sql, parameters);
  const CrateTraps traps = world_.traps.copy();
  const auto refused = traps.refused_keys.find(parameters.front().bytes);
  if (refused != traps.refused_keys.end())
    return {.failure = CrateFailure{.message = refused->second}};
  if (traps.dropped_keys.contains(parameters.front().bytes)) return {};
  for (std::size_t i = 0; i < parameters.size() && i < statement.columns.size(); ++i) {
    if (parameters[i].is_null) continue;
    const auto stored = store_document(table, statement.columns[i], parameters[i].bytes);
    if (!stored) continue;
    if (stored->fate == StoredObject::Fate::dropped) return {};
    if (stored->fate == StoredObject::Fate::refused)
      return {.failure = CrateFailure{.message = stored->error}};
    parameters[i] = {.bytes = stored->value.dump()};
  }
  for (const auto& [name, columns] : world_.objects.copy()) {
    if (name.first != table) continue;
    const auto old = before.find(name);
    keep_columns(table, name.second, old == before.end() ? SubColumns() : old->second, columns);
  }
  std::string sql = statement.sql;
  if (!statement.on_conflict.empty())
    sql = sql.substr(0, sql.size() - statement.on_conflict.size()) +
          with_touch(statement.on_conflict);
  return pass(sql, parameters);
}

}  // namespace relay
