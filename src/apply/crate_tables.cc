#include "apply/crate_tables.h"

#include <algorithm>
#include <string>
#include <vector>

#include "apply/crate_exchange.h"
#include "apply/crate_reader.h"
#include "apply/table_check.h"
#include "plan/crate_text.h"
#include "sql/crate.h"

namespace relay {
namespace {

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

Status check_table(PgConnection& connection,
                   const TableMapping& mapping,
                   const std::vector<CrateColumn>& live) {
  std::vector<Difference> differences;
  const std::vector<ColumnDefinition> wanted = crate_column_definitions(mapping);
  for (const ColumnDefinition& column : wanted) {
    const auto found = std::ranges::find(live, column.name, &CrateColumn::name);
    if (found != live.end() && found->type == column.type) continue;
    differences.push_back({.where = "column " + column.name,
                           .expected = column.type,
                           .found = found == live.end() ? "nothing" : found->type,
                           .remedy = "CrateDB changes no types: use another table"});
  }
  const Result<std::string> key = read_key(connection, mapping);
  if (!key.ok()) return key.error();
  if (key.value() != wanted.front().name) {
    differences.push_back({.where = "primary key",
                           .expected = wanted.front().name,
                           .found = key.value().empty() ? "none" : key.value(),
                           .remedy = "CrateDB changes no keys: use another table"});
  }
  if (differences.empty()) return ok_status();
  return differences_error(mapping, differences);
}

}  // namespace

Status set_up_crate_table(PgConnection& connection, const TableMapping& mapping) {
  const Result<CrateStatements> statements = make_crate_statements(mapping);
  if (!statements.ok()) return statements.error();
  // Once more for a table that was made.
  for (int look = 0; look < 2; ++look) {
    const Result<std::vector<CrateColumn>> live = read_crate_columns(connection, mapping);
    if (!live.ok()) return live.error();
    if (!live.value().empty()) return check_table(connection, mapping, live.value());
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

Status create_crate_bookkeeping(PgConnection& connection) {
  for (const std::string_view sql : {sql::crate::create_checkpoint,
                                     sql::crate::create_snapshot,
                                     sql::crate::create_dead_letter}) {
    const Result<PgAnswer> made =
        ask_crate(connection, sql, {}, "create the bookkeeping in schema relay");
    if (!made.ok()) return made.error();
  }
  return ok_status();
}

}  // namespace relay
