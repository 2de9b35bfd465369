#include "apply/bookkeeping.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "apply/pg_pipeline.h"
#include "plan/sql_name.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr char kDoing[] = "create the bookkeeping tables";
constexpr char kHintRights[] =
    "let the role create schema relay (GRANT CREATE ON DATABASE name TO role), or create it for "
    "the "
    "role: CREATE SCHEMA relay AUTHORIZATION role";
constexpr std::string_view kNoRight = "42501";

// Another session may get between the look and the creation once; twice is not a race.
constexpr int kAttempts = 2;

Error creation_error(const PgFailure& failure) {
  Error error = make_error(failure, kDoing);
  if (failure.sqlstate == kNoRight) error.hint = kHintRights;
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

Result<PgAnswer> ask(PgConnection& connection, std::string_view sql) {
  PgOutcome outcome = run_statement(connection, sql);
  if (outcome.failure) return make_error(*outcome.failure, "look for the bookkeeping tables");
  return std::move(outcome.answers.front());
}

std::string typed(std::string_view name) {
  const Result<std::string> quoted = quote_identifier(name);
  return quoted.ok() ? quoted.value() : std::string(name);
}

Error no_right(const std::string& what, const std::string& grant) {
  return {ErrorKind::sink_refused, "bookkeeping: " + what, grant};
}

// The tables are somebody else's.
std::string grant_all(const std::string& role) {
  return "GRANT USAGE ON SCHEMA relay TO " + role +
         "; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA relay TO " + role;
}

std::vector<std::string> creation_statements(bool has_schema) {
  std::vector<std::string> statements;
  if (!has_schema) statements.emplace_back(sql::postgres::create_schema);
  statements.emplace_back(sql::postgres::create_checkpoint);
  statements.emplace_back(sql::postgres::create_snapshot);
  // Does nothing to a table that was just made.
  if (has_schema) statements.emplace_back(sql::postgres::extend_snapshot);
  statements.emplace_back(sql::postgres::create_dead_letter);
  statements.emplace_back(sql::postgres::create_dead_letter_open);
  return statements;
}

// Of bookkeeping that is complete.
Status check_rights(PgConnection& connection, const std::string& role, SetupOutlook& outlook) {
  const Result<PgAnswer> rights = ask(connection, sql::postgres::read_missing_bookkeeping_rights);
  if (!rights.ok()) return rights.error();
  std::string missing;
  for (int row = 0; row < rights.value().row_count(); ++row)
    missing.append(missing.empty() ? "" : ", ").append(rights.value().cell(row, 0).value_or(""));
  if (!missing.empty())
    outlook.obstacles.push_back(no_right("role " + role + " has no " + missing, grant_all(role)));
  return ok_status();
}

}  // namespace

Result<SetupOutlook> look_at_bookkeeping(PgConnection& connection) {
  const Result<PgAnswer> session = ask(connection, sql::postgres::describe_session);
  if (!session.ok()) return session.error();
  const std::string role = typed(session.value().cell(0, 0).value_or(""));
  const std::string database = typed(session.value().cell(0, 1).value_or(""));
  SetupOutlook outlook;
  const PgOutcome looked = run_statement(connection, sql::postgres::find_bookkeeping);
  if (looked.failure && looked.failure->sqlstate == kNoRight) {
    outlook.obstacles.push_back(
        no_right("role " + role + " may not look into schema relay", grant_all(role)));
    return outlook;
  }
  if (looked.failure) return make_error(*looked.failure, "look for the bookkeeping tables");
  const bool has_schema = looked.answers.front().is_true(0, 0);
  if (looked.answers.front().is_true(0, 1)) {
    if (Status checked = check_rights(connection, role, outlook); !checked.ok())
      return checked.error();
    return outlook;
  }
  outlook.statements = creation_statements(has_schema);
  const PgOutcome rights =
      run_statement(connection, sql::postgres::read_create_rights, PgParams().bytes("relay"));
  if (rights.failure) return make_error(*rights.failure, "look for the bookkeeping tables");
  const PgAnswer& may = rights.answers.front();
  if (!has_schema && !may.is_true(0, 0)) {
    outlook.obstacles.push_back(no_right("role " + role + " may not create schema relay",
                                         "GRANT CREATE ON DATABASE " + database + " TO " + role));
  }
  if (has_schema && !may.is_true(0, 1)) {
    outlook.obstacles.push_back(no_right("role " + role + " may not create tables in schema relay",
                                         "GRANT USAGE, CREATE ON SCHEMA relay TO " + role));
  }
  return outlook;
}

bool is_creation_race(const PgFailure& failure) {
  // Unique violation in a catalogue; duplicate schema, table, object. Taking a real one for a race
  // costs one more attempt; taking a race for a real one costs a stopped relay.
  constexpr std::array<std::string_view, 4> kCodes = {"23505", "42P06", "42P07", "42710"};
  return std::ranges::find(kCodes, failure.sqlstate) != kCodes.end();
}

Status create_bookkeeping(PgConnection& connection) {
  // A right that is missing is named with the command that grants it, and not met by the first
  // batch.
  const Result<SetupOutlook> outlook = look_at_bookkeeping(connection);
  if (!outlook.ok()) return outlook.error();
  if (!outlook.value().obstacles.empty()) return outlook.value().obstacles.front();
  PgFailure failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const PgOutcome found = run_statement(connection, sql::postgres::find_bookkeeping);
    if (found.failure) return creation_error(*found.failure);
    if (found.answers.front().is_true(0, 1)) return ok_status();
    PgPipeline pipeline(connection);
    pipeline.pass(Failpoint::postgres_books_before);
    pipeline.query(sql::postgres::lock_setup);
    if (!found.answers.front().is_true(0, 0)) pipeline.query(sql::postgres::create_schema);
    pipeline.query(sql::postgres::create_checkpoint);
    pipeline.query(sql::postgres::create_snapshot);
    pipeline.query(sql::postgres::extend_snapshot);
    pipeline.query(sql::postgres::create_dead_letter);
    pipeline.query(sql::postgres::create_dead_letter_open);
    pipeline.pass(Failpoint::postgres_books_sent);
    const PgOutcome created = pipeline.finish();
    if (!created.failure) return ok_status();
    failure = *created.failure;
    if (!is_creation_race(failure)) break;
  }
  return creation_error(failure);
}

}  // namespace relay
