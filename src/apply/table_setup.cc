#include "apply/table_setup.h"

#include <optional>
#include <string>

#include "apply/bookkeeping.h"
#include "apply/pg_pipeline.h"
#include "apply/table_check.h"
#include "plan/sql_name.h"
#include "plan/sql_text.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoRight = "42501";

// Look, create, look again: once more for a table that another session makes in between.
constexpr int kLooks = 3;

// What stands under the name.
struct Found {
  bool has_schema = false;
  std::int64_t id = 0;  // pg_class.oid; 0: no such table.
  LiveTable table;
  std::string role;
  std::string database;
};

Error setup_error(const PgFailure& failure, const TableMapping& mapping, std::string_view what) {
  Error error = make_error(failure, std::string(what) + " table " + format_table(mapping.to));
  // Nothing here is a row of the user's.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

std::string typed(const std::string& name) {
  const Result<std::string> quoted = quote_identifier(name);
  return quoted.ok() ? quoted.value() : name;
}

std::string rights_hint(const TableMapping& mapping, const Found& found) {
  if (!found.has_schema) {
    return "GRANT CREATE ON DATABASE " + typed(found.database) + " TO " + typed(found.role);
  }
  return "GRANT USAGE, CREATE ON SCHEMA " + typed(mapping.to.schema) + " TO " + typed(found.role);
}

Result<Found> find_table(PgConnection& connection, const TableMapping& mapping) {
  const PgOutcome outcome =
      run_statement(connection,
                    sql::postgres::find_table,
                    PgParams().bytes(mapping.to.schema).bytes(mapping.to.table));
  if (outcome.failure) return setup_error(*outcome.failure, mapping, "look for");
  const PgAnswer& answer = outcome.answers.front();
  Found found;
  found.has_schema = answer.is_true(0, 0);
  found.id = answer.number(0, 1);
  found.table.kind = answer.cell(0, 2).value_or("?").front();
  found.role = answer.cell(0, 3).value_or("");
  found.database = answer.cell(0, 4).value_or("");
  return found;
}

Status check_columns(PgConnection& connection, const TableMapping& mapping, Found& found) {
  const PgOutcome outcome =
      run_statement(connection, sql::postgres::read_columns, PgParams().number(found.id));
  if (outcome.failure) return setup_error(*outcome.failure, mapping, "read the columns of");
  const PgAnswer& answer = outcome.answers.front();
  for (int row = 0; row < answer.row_count(); ++row) {
    found.table.columns.push_back({.name = std::string(answer.cell(row, 0).value_or("")),
                                   .type = std::string(answer.cell(row, 1).value_or("")),
                                   .is_nullable = answer.is_true(row, 2),
                                   .has_default = answer.is_true(row, 3),
                                   .is_computed = answer.is_true(row, 4),
                                   .is_deterministic = answer.is_true(row, 5),
                                   .is_key = answer.is_true(row, 6)});
  }
  const std::vector<Difference> differences = find_differences(mapping, found.table);
  if (differences.empty()) return ok_status();
  return differences_error(mapping, differences);
}

Status check_rights(PgConnection& connection, const TableMapping& mapping, const Found& found) {
  const PgOutcome outcome = run_statement(connection,
                                          sql::postgres::read_missing_rights,
                                          PgParams().bytes(mapping.to.schema).number(found.id));
  if (outcome.failure) return setup_error(*outcome.failure, mapping, "read the rights on");
  const PgAnswer& answer = outcome.answers.front();
  std::string missing;
  std::string grants;
  for (int row = 0; row < answer.row_count(); ++row) {
    const std::string right(answer.cell(row, 0).value_or(""));
    missing += (missing.empty() ? "" : ", ") + right;
    if (right == "USAGE") {
      grants +=
          "GRANT USAGE ON SCHEMA " + typed(mapping.to.schema) + " TO " + typed(found.role) + "; ";
    }
  }
  if (missing.empty()) return ok_status();
  const Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  grants += "GRANT SELECT, INSERT, UPDATE, DELETE ON " + table.value() + " TO " + typed(found.role);
  return Error{ErrorKind::sink_refused,
               "check table " + format_table(mapping.to) + ": role " + found.role +
                   " has no right to " + missing,
               grants};
}

// Of a table that is not there.
Status check_creation(PgConnection& connection,
                      const TableMapping& mapping,
                      const Found& found,
                      SetupOutlook& outlook) {
  const PgOutcome rights = run_statement(
      connection, sql::postgres::read_create_rights, PgParams().bytes(mapping.to.schema));
  if (rights.failure) return setup_error(*rights.failure, mapping, "read the rights for");
  const PgAnswer& may = rights.answers.front();
  if (may.is_true(0, found.has_schema ? 1 : 0)) return ok_status();
  outlook.obstacles.push_back(
      {ErrorKind::sink_refused,
       "create table " + format_table(mapping.to) + ": role " + found.role + " may not create " +
           (found.has_schema ? "tables in schema " : "schema ") + mapping.to.schema,
       rights_hint(mapping, found)});
  return ok_status();
}

}  // namespace

Result<SetupOutlook> look_at_table(PgConnection& connection, const TableMapping& mapping) {
  const Result<TableStatements> statements = make_statements(mapping);
  if (!statements.ok()) return statements.error();
  Result<Found> found = find_table(connection, mapping);
  if (!found.ok()) return found.error();
  SetupOutlook outlook;
  if (found.value().id != 0) {
    for (const Status& checked : {check_rights(connection, mapping, found.value()),
                                  check_columns(connection, mapping, found.value())}) {
      if (checked.ok()) continue;
      // What the table is like is an answer; a server that is gone is none.
      if (checked.error().kind != ErrorKind::sink_refused) return checked.error();
      outlook.obstacles.push_back(checked.error());
    }
    return outlook;
  }
  if (!found.value().has_schema) outlook.statements.push_back(statements.value().create_schema);
  outlook.statements.push_back(statements.value().create_table);
  const Status checked = check_creation(connection, mapping, found.value(), outlook);
  if (!checked.ok()) return checked.error();
  return outlook;
}

Result<bool> check_table(PgConnection& connection, const TableMapping& mapping) {
  Result<Found> found = find_table(connection, mapping);
  if (!found.ok()) return found.error();
  if (found.value().id == 0) return false;
  if (Status fits = check_columns(connection, mapping, found.value()); !fits.ok())
    return fits.error();
  return true;
}

Status set_up_table(PgConnection& connection, const TableMapping& mapping) {
  const Result<TableStatements> statements = make_statements(mapping);
  if (!statements.ok()) return statements.error();
  PgFailure failure;
  for (int look = 0; look < kLooks; ++look) {
    Result<Found> found = find_table(connection, mapping);
    if (!found.ok()) return found.error();
    if (found.value().id != 0) {
      // Rights first: without any on the schema the columns can be read, but nothing else be done.
      if (Status rights = check_rights(connection, mapping, found.value()); !rights.ok())
        return rights;
      return check_columns(connection, mapping, found.value());
    }
    PgPipeline pipeline(connection);
    pipeline.pass(Failpoint::postgres_table_before);
    pipeline.query(sql::postgres::lock_setup);
    if (!found.value().has_schema) pipeline.query(statements.value().create_schema);
    pipeline.query(statements.value().create_table);
    pipeline.pass(Failpoint::postgres_table_sent);
    const PgOutcome created = pipeline.finish();
    if (!created.failure) continue;  // Looked at again: what is there may be somebody else's.
    failure = *created.failure;
    if (!is_creation_race(failure)) {
      Error error = setup_error(failure, mapping, "create");
      if (failure.sqlstate == kNoRight) error.hint = rights_hint(mapping, found.value());
      return error;
    }
  }
  return setup_error(failure, mapping, "create");
}

}  // namespace relay
