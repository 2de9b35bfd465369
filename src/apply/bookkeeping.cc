#include "apply/bookkeeping.h"

#include <algorithm>
#include <array>

#include "apply/pg_pipeline.h"
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

}  // namespace

bool is_creation_race(const PgFailure& failure) {
  // Unique violation in a catalogue; duplicate schema, table, object. Taking a real one for a race
  // costs one more attempt; taking a race for a real one costs a stopped relay.
  constexpr std::array<std::string_view, 4> kCodes = {"23505", "42P06", "42P07", "42710"};
  return std::ranges::find(kCodes, failure.sqlstate) != kCodes.end();
}

Status create_bookkeeping(PgConnection& connection) {
  PgFailure failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const PgOutcome found = run_statement(connection, sql::postgres::find_bookkeeping);
    if (found.failure) return creation_error(*found.failure);
    if (found.answers.front().is_true(0, 1)) return ok_status();
    PgPipeline pipeline(connection);
    pipeline.query(sql::postgres::lock_setup);
    if (!found.answers.front().is_true(0, 0)) pipeline.query(sql::postgres::create_schema);
    pipeline.query(sql::postgres::create_checkpoint);
    pipeline.query(sql::postgres::create_snapshot);
    pipeline.query(sql::postgres::extend_snapshot);
    pipeline.query(sql::postgres::create_dead_letter);
    pipeline.query(sql::postgres::create_dead_letter_open);
    const PgOutcome created = pipeline.finish();
    if (!created.failure) return ok_status();
    failure = *created.failure;
    if (!is_creation_race(failure)) break;
  }
  return creation_error(failure);
}

}  // namespace relay
