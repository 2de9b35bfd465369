#include "apply/crate_tables.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "apply/crate_added_columns.h"
#include "apply/crate_exchange.h"
#include "apply/crate_reader.h"
#include "apply/table_check.h"
#include "mapping/table_shape.h"
#include "plan/crate_text.h"
#include "plan/crate_types.h"
#include "plan/sql_name.h"
#include "sql/crate.h"

namespace relay {
namespace {

constexpr std::array kBooks = {CrateBook{"checkpoint", sql::crate::create_checkpoint},
                               CrateBook{"snapshot", sql::crate::create_snapshot},
                               CrateBook{"dead_letter", sql::crate::create_dead_letter},
                               CrateBook{"added_column", sql::crate::create_added_column}};

Result<std::string> read_key(PgConnection& connection, const TableMapping& mapping) {
  const Result<PgAnswer> found =
      ask_crate(connection,
                sql::crate::read_key,
                PgParams().bytes(mapping.to.schema).bytes(mapping.to.table),
                "read the key of table " + format_table(mapping.to));
  if (!found.ok()) return found.error();
  std::string key;
  for (int row = 0; row < found.value().row_count(); ++row)
    key += (key.empty() ? "" : ", ") + std::string(found.value().cell(row, 0).value_or(""));
  return key;
}

// The definition of the table as SQL, which alone has the scale of a numeric. Empty: no column of
// the mapping is one.
Result<std::string> read_definition(PgConnection& connection, const TableMapping& mapping) {
  const std::vector<ShapeColumn> shape = shape_on(TargetKind::cratedb, mapping);
  const bool has_numeric = std::ranges::any_of(
      shape, [](const ShapeColumn& column) { return column.type.name == TypeName::numeric; });
  if (!has_numeric) return std::string();
  const Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  const Result<PgAnswer> shown = ask_crate(connection,
                                           "SHOW CREATE TABLE " + table.value(),
                                           {},
                                           "read the columns of table " + format_table(mapping.to));
  if (!shown.ok()) return shown.error();
  return std::string(shown.value().row_count() == 0 ? "" : shown.value().cell(0, 0).value_or(""));
}

std::string live_type(const CrateColumn& live, std::string_view definition) {
  std::string type = live.type;
  if (type.starts_with("numeric")) {
    const std::string size = find_numeric_size(definition, live.name);
    if (!size.empty()) type.insert(std::string_view("numeric").size(), size);
  }
  if (live.has_length) type += " of bounded length";
  if (!live.is_nullable) type += " NOT NULL";
  if (live.is_generated) type += " GENERATED ALWAYS";
  return type;
}

std::string wanted_type(const ShapeColumn& column, std::string_view definition) {
  std::string type = crate_catalogue_type(column.type);
  // Of a definition that does not say, nothing is held against the table.
  const bool is_sized =
      column.type.name == TypeName::numeric && !find_numeric_size(definition, column.name).empty();
  if (is_sized) {
    type.insert(std::string_view("numeric").size(),
                "(" + std::to_string(column.type.precision) + "," +
                    std::to_string(column.type.scale) + ")");
  }
  return column.role == ColumnRole::key ? type + " NOT NULL" : type;
}

std::vector<Difference> find_column_differences(const TableMapping& mapping,
                                                const std::vector<CrateColumn>& live,
                                                std::string_view definition) {
  std::vector<Difference> differences;
  const std::vector<ShapeColumn> wanted = shape_on(TargetKind::cratedb, mapping);
  for (const ShapeColumn& column : wanted) {
    const auto found = std::ranges::find(live, column.name, &CrateColumn::name);
    const std::string expected = wanted_type(column, definition);
    const std::string type = found == live.end() ? "nothing" : live_type(*found, definition);
    if (type == expected) continue;
    differences.push_back({.where = "column " + column.name,
                           .expected = expected,
                           .found = type,
                           .remedy = found == live.end()
                                         ? "ADD COLUMN " + crate_definition(column)
                                         : "CrateDB changes no types: use another table"});
  }
  for (const CrateColumn& column : live) {
    const bool is_wanted =
        std::ranges::find(wanted, column.name, &ShapeColumn::name) != wanted.end();
    // Of an object that may be missing, parts may be NOT NULL.
    const bool is_inside = column.name.find('[') != std::string::npos;
    const bool may_be_missing = column.is_nullable || column.has_default || column.is_generated;
    if (is_wanted || is_inside || may_be_missing) continue;
    differences.push_back({.where = "column " + column.name,
                           .expected = "nothing, or a column that may be left out",
                           .found = column.type + " NOT NULL without a default",
                           .remedy = "DROP COLUMN, or use another table"});
  }
  return differences;
}

}  // namespace

Status check_crate_table(PgConnection& connection,
                         const TableMapping& mapping,
                         const std::vector<CrateColumn>& live) {
  const Result<std::string> definition = read_definition(connection, mapping);
  if (!definition.ok()) return definition.error();
  std::vector<Difference> differences = find_column_differences(mapping, live, definition.value());
  const Result<std::string> key = read_key(connection, mapping);
  if (!key.ok()) return key.error();
  const std::string wanted = shape_of(mapping).front().name;
  if (key.value() != wanted) {
    differences.push_back({.where = "primary key",
                           .expected = wanted,
                           .found = key.value().empty() ? "none" : key.value(),
                           .remedy = "CrateDB changes no keys: use another table"});
  }
  if (differences.empty()) return ok_status();
  return differences_error(mapping, differences);
}

// "name" NUMERIC(18, 2), or "name" ARRAY(NUMERIC(18, 2)).
std::string find_numeric_size(std::string_view definition, std::string_view column) {
  const Result<std::string> name = quote_identifier(column);
  if (!name.ok()) return "";
  for (const std::string_view start : {" NUMERIC(", " ARRAY(NUMERIC("}) {
    const std::string head = name.value() + std::string(start);
    const std::size_t at = definition.find(head);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = definition.substr(at + head.size());
    std::string size = "(" + std::string(rest.substr(0, rest.find(')'))) + ")";
    std::erase(size, ' ');
    return size;
  }
  return "";
}

Status set_up_crate_table(PgConnection& connection, const TableMapping& mapping) {
  const Result<CrateStatements> statements = make_crate_statements(mapping);
  if (!statements.ok()) return statements.error();
  std::vector<AddedColumn> added;
  if (mapping.evolve == Evolve::add) {
    Result<std::vector<AddedColumn>> read = read_added_columns(connection, mapping);
    if (!read.ok()) return read.error();
    added = std::move(read.value());
  }
  // Once more for a table that was made.
  for (int look = 0; look < 2; ++look) {
    const Result<std::vector<CrateColumn>> live = read_crate_columns(connection, mapping);
    if (!live.ok()) return live.error();
    if (Status forgotten = forget_lost_columns(connection, mapping, live.value(), added);
        !forgotten.ok())
      return forgotten;
    if (!live.value().empty()) return check_crate_table(connection, mapping, live.value());
    const Result<PgAnswer> made = ask_crate(connection,
                                            statements.value().create_table,
                                            {},
                                            "create table " + format_table(mapping.to));
    if (!made.ok()) return made.error();
  }
  return Error{ErrorKind::sink_unavailable,
               "create table " + format_table(mapping.to) + ": it was made, and is not there",
               ""};
}

std::vector<std::string_view> crate_book_names() {
  std::vector<std::string_view> names;
  for (const CrateBook& book : kBooks)
    names.push_back(book.table);
  return names;
}

Result<std::vector<CrateBook>> find_missing_books(PgConnection& connection) {
  const Result<PgAnswer> found =
      ask_crate(connection, sql::crate::list_bookkeeping, {}, "look for the bookkeeping tables");
  if (!found.ok()) return found.error();
  std::vector<CrateBook> missing(kBooks.begin(), kBooks.end());
  for (int row = 0; row < found.value().row_count(); ++row)
    std::erase_if(missing,
                  [&](const CrateBook& book) { return book.table == found.value().cell(row, 0); });
  return missing;
}

Status create_crate_bookkeeping(PgConnection& connection) {
  const Result<std::vector<CrateBook>> missing = find_missing_books(connection);
  if (!missing.ok()) return missing.error();
  for (const CrateBook& book : missing.value()) {
    const Result<PgAnswer> made =
        ask_crate(connection, book.create, {}, "create the bookkeeping in schema relay");
    if (!made.ok()) return made.error();
  }
  return ok_status();
}

}  // namespace relay
