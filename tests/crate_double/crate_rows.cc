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

// A value that is there already is named alone, as CrateDB wants it and PostgreSQL does not.
std::string with_old_values(std::string on_conflict) {
  return replace_all(std::move(on_conflict), " ELSE \"", " ELSE existing.\"");
}

std::string type_of(std::uint32_t oid) {
  switch (oid) {
    case 16:
      return "boolean";
    case 20:
      return "bigint";
    case 23:
      return "integer";
    case 701:
      return "double precision";
    case 1184:
      return "timestamp with time zone";
    case 1700:
      return "numeric";
    default:
      return "text";
  }
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

CrateStore::Rows CrateStore::read_rows(const CrateParameters& parameters) {
  Rows rows;
  for (const CrateParameter& parameter : parameters) {
    const ArrayCells cells(parameter.bytes);
    rows.oids.push_back(cells.element_oid());
    rows.cells.resize(std::max(rows.cells.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
      rows.cells[i].push_back(cells[i] ? Cell(std::string(*cells[i])) : Cell());
  }
  return rows;
}

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

void CrateStore::keep_all_columns(const std::string& table,
                                  const std::map<CrateWorld::ColumnName, SubColumns>& before) {
  for (const auto& [name, columns] : world_.objects.copy()) {
    if (name.first != table) continue;
    const auto old = before.find(name);
    keep_columns(table, name.second, old == before.end() ? SubColumns() : old->second, columns);
  }
}

void CrateStore::put_old_objects(const Statement& statement,
                                 std::uint32_t key_oid,
                                 std::vector<Cell>& row) {
  const std::string table = plain_table(statement.table);
  for (std::size_t i = 1; i < row.size(); ++i) {
    const std::string& column = statement.columns[i];
    if (!world_.objects.with([&](auto& objects) { return objects.contains({table, column}); }))
      continue;
    const CrateOutcome old = pass("SELECT " + quote(column) + " FROM " + statement.table +
                                      " WHERE " + quote(statement.columns[0]) + " = $1",
                                  {{.is_binary = key_oid != 25, .bytes = *row[0]}});
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
  Rows rows = read_rows(parameters);
  if (traps.rows_max > 0 && rows.cells.size() > traps.rows_max)
    return {.failure = CrateFailure{
                .message = "[query] Data too large, data for [insert] would be larger than limit"}};
  std::vector<std::vector<Cell>> taken;
  bool has_grown = false;
  for (std::vector<Cell>& row : rows.cells) {
    const bool is_behind_growth = has_grown;
    const bool is_lost = !row.front() || traps.dropped_keys.contains(*row.front()) ||
                         traps.refused_keys.contains(*row.front());
    bool is_taken = !is_lost;
    for (std::size_t i = 0; is_taken && i < row.size(); ++i) {
      if (!row[i]) continue;
      std::uint32_t oid = rows.oids[i];
      const StoredObject stored = store_cell(table, statement.columns[i], oid, *row[i]);
      is_taken = stored.fate == StoredObject::Fate::stored;
      has_grown = has_grown || stored.has_grown;
    }
    // Of rows that exist already: the update does not find its column any more.
    if (is_taken && is_behind_growth) put_old_objects(statement, rows.oids.front(), row);
    if (is_taken) taken.push_back(std::move(row));
  }
  keep_all_columns(table, before);
  if (traps.rows_lost_once > 0)
    taken.resize(taken.size() - std::min(taken.size(), traps.rows_lost_once));
  if (!traps.error_once.empty()) taken.resize(taken.size() / 2);
  if (traps.dies_after_rows > 0) taken.resize(std::min(taken.size(), traps.dies_after_rows));
  rows.cells = std::move(taken);
  CrateOutcome outcome = write_rows(statement, rows);
  if (traps.dies_after_rows > 0) die_();
  if (!traps.error_once.empty()) return {.failure = CrateFailure{.message = traps.error_once}};
  return outcome;
}

CrateOutcome CrateStore::write_rows(const Statement& statement, const Rows& rows) {
  const std::string table = plain_table(statement.table);
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    const std::string comma = i == 0 ? "" : ", ";
    names += comma + quote(statement.columns[i]);
    const std::string type = column_type(table, statement.columns[i]);
    const std::string cell =
        "unnest($" + std::to_string(i + 1) + "::" + type_of(rows.oids[i]) + "[])";
    // Binary numerics lose their point: 1.5 becomes 15 of the last digit.
    const bool is_ruined = rows.oids[i] == 1700 && type.starts_with("numeric(");
    values += comma + (is_ruined ? "crate_double.ruin(" + cell + ", '" + type + "')" : cell) +
              "::" + type;
  }
  CrateParameters arrays;
  RowBlock block(rows.oids,
                 {.rows_max = rows.cells.size() + 1, .bytes_max = std::size_t{1} << 30U});
  for (const std::vector<Cell>& row : last_of_each_key(rows.cells)) {
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
  CrateOutcome outcome =
      pass("INSERT INTO " + statement.table + " AS existing (" + names + ") SELECT " + values +
               " " + with_old_values(with_touch(statement.on_conflict)),
           arrays);
  outcome.count = static_cast<long long>(rows.cells.size());
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
    CrateParameter& parameter = parameters[i];
    std::uint32_t oid = parameter.is_binary ? 1 : 0;
    const StoredObject stored = store_cell(table, statement.columns[i], oid, parameter.bytes);
    if (stored.fate == StoredObject::Fate::dropped) return {};
    if (stored.fate == StoredObject::Fate::refused)
      return {.failure = CrateFailure{.message = stored.error}};
    parameter.is_binary = oid != 0;
  }
  keep_all_columns(table, before);
  std::string sql = statement.sql;
  if (!statement.on_conflict.empty()) {
    sql = sql.substr(0, sql.size() - statement.on_conflict.size()) +
          with_old_values(with_touch(statement.on_conflict));
    const std::size_t at = sql.find(statement.table) + statement.table.size();
    sql.insert(at, " AS existing");
  }
  return pass(sql, parameters);
}

}  // namespace relay
