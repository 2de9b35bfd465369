#include "apply/crate_outlook.h"

#include <string_view>
#include <vector>

#include "apply/crate_exchange.h"
#include "apply/crate_reader.h"
#include "apply/crate_tables.h"
#include "plan/crate_text.h"
#include "plan/sql_name.h"
#include "sql/crate.h"

namespace relay {
namespace {

// Of the user. Whoever makes a table does not own it: to write it takes a right of its own.
struct Rights {
  std::string user;  // As typed in SQL.
  bool may_make = false;
  bool may_read = false;
  bool may_write = false;
};

Result<Rights> read_rights(PgConnection& connection, const TableName& table) {
  const std::string name = table.schema + "." + table.table;
  const Result<PgAnswer> found = ask_crate(connection,
                                           sql::crate::read_rights,
                                           PgParams().bytes(table.schema).bytes(name),
                                           "read the rights on table " + format_table(table));
  if (!found.ok()) return found.error();
  const PgAnswer& answer = found.value();
  const std::string user(answer.cell(0, 0).value_or(""));
  const Result<std::string> quoted = quote_identifier(user);
  return Rights{.user = quoted.ok() ? quoted.value() : user,
                .may_make = answer.is_true(0, 1),
                .may_read = answer.is_true(0, 2),
                .may_write = answer.is_true(0, 3)};
}

// The rights that are missing, "DDL, DML".
std::string list_missing(const Rights& rights, bool has_to_make) {
  std::string missing;
  const auto add = [&missing](std::string_view right) {
    missing.append(missing.empty() ? "" : ", ").append(right);
  };
  if (!rights.may_read) add("DQL");
  if (!rights.may_write) add("DML");
  if (!rights.may_make && has_to_make) add("DDL");
  return missing;
}

// On the schema: such a right outlives a table that is made anew, and covers its neighbours.
Error no_right(const Rights& rights,
               const std::string& missing,
               const TableName& table,
               const std::string& doing) {
  const Result<std::string> schema = quote_identifier(table.schema);
  return {
      ErrorKind::sink_refused,
      doing + ": user " + rights.user + " has no right " + missing + " on schema " + table.schema,
      "GRANT " + missing + " ON SCHEMA " + (schema.ok() ? schema.value() : table.schema) + " TO " +
          rights.user};
}

}  // namespace

Result<std::string> read_crate_user(PgConnection& connection) {
  const Result<PgAnswer> found =
      ask_crate(connection, "SELECT current_user", {}, "ask the target who we are");
  if (!found.ok()) return found.error();
  return std::string(found.value().cell(0, 0).value_or(""));
}

Result<SetupOutlook> look_at_crate_bookkeeping(PgConnection& connection) {
  const Result<std::vector<CrateBook>> books = find_missing_books(connection);
  if (!books.ok()) return books.error();
  SetupOutlook outlook;
  for (const CrateBook& book : books.value())
    outlook.statements.emplace_back(book.create);
  // Granted by the schema, as a rule; each table may have its own all the same.
  for (const std::string_view name : crate_book_names()) {
    const TableName table{"relay", std::string(name)};
    const Result<Rights> rights = read_rights(connection, table);
    if (!rights.ok()) return rights.error();
    const std::string missing = list_missing(rights.value(), !books.value().empty());
    if (missing.empty()) continue;
    outlook.obstacles.push_back(no_right(rights.value(), missing, table, "bookkeeping"));
    break;
  }
  return outlook;
}

Result<SetupOutlook> look_at_crate_table(PgConnection& connection, const TableMapping& mapping) {
  SetupOutlook outlook{.statements = {}, .obstacles = find_crate_refusals(mapping)};
  if (!outlook.obstacles.empty()) return outlook;
  const Result<CrateStatements> statements = make_crate_statements(mapping);
  if (!statements.ok()) return statements.error();
  const Result<std::vector<CrateColumn>> live = read_crate_columns(connection, mapping);
  if (!live.ok()) return live.error();
  const bool is_there = !live.value().empty();
  if (!is_there) outlook.statements.push_back(statements.value().create_table);
  const Result<Rights> rights = read_rights(connection, mapping.to);
  if (!rights.ok()) return rights.error();
  const std::string missing =
      list_missing(rights.value(), !is_there || mapping.evolve == Evolve::add);
  if (!missing.empty()) {
    outlook.obstacles.push_back(
        no_right(rights.value(),
                 missing,
                 mapping.to,
                 (is_there ? "write table " : "create table ") + format_table(mapping.to)));
  }
  // The definition of a table that must not be read is not shown.
  if (!is_there || !rights.value().may_read) return outlook;
  const Status fits = check_crate_table(connection, mapping, live.value());
  if (fits.ok()) return outlook;
  // What the table is like is an answer; a server that is gone is none.
  if (fits.error().kind != ErrorKind::sink_refused) return fits.error();
  outlook.obstacles.push_back(fits.error());
  return outlook;
}

}  // namespace relay
