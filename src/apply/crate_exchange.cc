#include "apply/crate_exchange.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace relay {
namespace {

constexpr double kSecondsTo2000 = 946'684'800;
constexpr double kMicroseconds = 1e6;

}  // namespace

Result<std::unique_ptr<PgConnection>> reopen_crate(const PgConnection::Options& options) {
  Result<std::unique_ptr<PgConnection>> connection = PgConnection::open(options);
  if (connection.ok()) return connection;
  Error error = connection.error();
  if (error.kind == ErrorKind::sink_refused || error.kind == ErrorKind::sink_unknown)
    error.kind = ErrorKind::sink_starting;
  return error;
}

std::string crate_sql(std::string_view sql) {
  while (sql.starts_with("--")) {
    const std::size_t end = std::min(sql.find('\n'), sql.size());
    sql.remove_prefix(std::min(end + 1, sql.size()));
  }
  std::string text(sql);
  std::ranges::replace(text, '\n', ' ');
  return text;
}

Result<PgAnswer> ask_crate(PgConnection& connection,
                           std::string_view sql,
                           const PgParams& params,
                           std::string_view doing) {
  PgOutcome outcome = run_statement(connection, crate_sql(sql), params);
  if (!outcome.failure) return std::move(outcome.answers.front());
  Error error = make_crate_error(*outcome.failure, doing);
  // Nobody could find the guilty row.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

Error make_definition_error(const PgFailure& failure, std::string_view doing) {
  Error error = make_crate_error(failure, doing);
  if (error.message.find(failure.message) == std::string::npos)
    error.message += ": " + failure.message;
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

std::int64_t to_crate_time(double seconds) {
  return static_cast<std::int64_t>(std::llround((seconds - kSecondsTo2000) * kMicroseconds));
}

}  // namespace relay
