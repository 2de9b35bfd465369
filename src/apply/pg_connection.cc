#include "apply/pg_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>

#include "apply/crate_error.h"
#include "apply/pg_error.h"
#include "apply/pg_pipeline.h"
#include "apply/postgres_sink.h"
#include "plan/sql_name.h"
#include "sql/postgres.h"

namespace relay {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// How long an interrupted wait may go on: a server that lives answers within this.
constexpr milliseconds kInterruptedMax{2'000};

// True: one of `events` (or an error, which the next call of libpq will report) before the
// deadline. `interrupt` may be null.
bool wait_for_socket(const PGconn* connection,
                     short events,
                     SteadyClock::time_point deadline,
                     const Interrupt* interrupt) {
  if (PQsocket(connection) < 0) return true;
  std::array<pollfd, 2> entries{pollfd{.fd = PQsocket(connection), .events = events, .revents = 0},
                                pollfd{.fd = interrupt == nullptr ? -1 : interrupt->descriptor(),
                                       .events = POLLIN,
                                       .revents = 0}};
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) return false;
    const int ready = poll(entries.data(), entries.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return true;
    if (ready <= 0) continue;
    if (entries[0].revents != 0) return true;
    deadline = std::min(deadline, SteadyClock::now() + kInterruptedMax);
    entries[1].fd = -1;  // Stays readable for ever.
  }
}

Error uri_error() {
  // libpq's own text repeats pieces of the URI, and so perhaps of the password.
  return {ErrorKind::config_invalid,
          "connect to the target: target.uri is not a connection string of PostgreSQL",
          "postgresql://user:password@host:5432/database; percent-encode special characters of the "
          "password"};
}

constexpr std::string_view kCrateScheme = "crate://";

// libpq knows no crate://, and CrateDB's first user has this name.
std::string to_libpq_uri(const std::string& uri) {
  if (!uri.starts_with(kCrateScheme)) return uri;
  return "postgresql://" + uri.substr(kCrateScheme.size());
}

bool is_connection_string(const std::string& uri) {
  PQconninfoOption* options = PQconninfoParse(uri.c_str(), nullptr);
  PQconninfoFree(options);
  return options != nullptr;
}

constexpr std::string_view kNoRight = "42501";

std::string typed(const char* name) {
  const Result<std::string> quoted = quote_identifier(name);
  return quoted.ok() ? quoted.value() : name;
}

Error connect_error(const PGconn* connection) {
  const std::string_view text = PQerrorMessage(connection);
  const std::string tls = find_tls_refusal(text);
  const PgFailure failure{.sqlstate = find_sqlstate(text),
                          .severity = "FATAL",
                          .message = tls.empty() ? shorten_connect_message(text) : tls,
                          .table = {},
                          .column = {},
                          .constraint = {}};
  Error error = make_error(failure, "connect to the target");
  if (failure.sqlstate.empty() && PQconnectionNeedsPassword(connection) != 0) {
    error.kind = ErrorKind::sink_refused;
    error.hint = rule_for("28P01").hint;
  }
  if (failure.sqlstate.empty() && !tls.empty()) {
    error.kind = ErrorKind::sink_refused;
    error.hint =
        "check sslmode, sslrootcert, sslcert and sslkey in target.uri, and that the certificate "
        "names the host";
  }
  if (failure.sqlstate == kNoRight) {
    error.hint =
        "GRANT CONNECT ON DATABASE " + typed(PQdb(connection)) + " TO " + typed(PQuser(connection));
  }
  return error;
}

// A shard that is not there holds a statement for a minute, whatever its timeout is.
constexpr milliseconds kCrateSilenceMax{70'000};

void ignore_notice(void* /*context*/, const PGresult* /*notice*/) {}

}  // namespace

Result<PgConnection::Handle> PgConnection::connect(const Options& options) {
  const std::string uri = to_libpq_uri(options.uri.reveal());
  if (!is_connection_string(uri)) return uri_error();
  const bool is_crate = options.uri.reveal().starts_with(kCrateScheme);
  // Before dbname: defaults that the URI may override. After it: what has to be so.
  const std::array<const char*, 9> keywords = {"application_name",
                                               "keepalives_idle",
                                               "keepalives_interval",
                                               "keepalives_count",
                                               "tcp_user_timeout",
                                               "user",
                                               "dbname",
                                               "client_encoding",
                                               nullptr};
  const char* const user = is_crate ? "crate" : nullptr;  // Null: libpq's own default.
  const std::array<const char*, 9> values = {
      "relay", "10", "5", "3", "30000", user, uri.c_str(), "UTF8", nullptr};
  const auto deadline = SteadyClock::now() + options.connect_timeout;
  Handle handle(PQconnectStartParams(keywords.data(), values.data(), 1));
  CHECK(handle != nullptr, "memory for a connection");
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);  // Else the text has no SQLSTATE.
  PQsetNoticeReceiver(handle.get(), ignore_notice, nullptr);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (PQstatus(handle.get()) != CONNECTION_BAD && state != PGRES_POLLING_OK) {
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for_socket(handle.get(), events, deadline, options.interrupt)) {
      return Error{ErrorKind::sink_unavailable,
                   "connect to the target: no answer within " +
                       std::to_string(options.connect_timeout.count()) + " ms",
                   ""};
    }
    state = PQconnectPoll(handle.get());
    if (state == PGRES_POLLING_FAILED) break;
  }
  if (PQstatus(handle.get()) != CONNECTION_OK) return connect_error(handle.get());
  return handle;
}

Result<std::unique_ptr<PgConnection>> PgConnection::open(const Options& options) {
  Result<Handle> handle = connect(options);
  if (!handle.ok()) return handle.error();
  std::unique_ptr<PgConnection> connection(new PgConnection(std::move(handle.value()), options));
  if (Status fits = connection->check_server(); !fits.ok()) return fits.error();
  PGconn* raw = connection->handle();
  CHECK(PQsetnonblocking(raw, 1) == 0 && PQenterPipelineMode(raw) == 1,
        "a fresh connection is idle");
  if (Status set = connection->set_session(options.statement_timeout); !set.ok())
    return set.error();
  return connection;
}

Status PgConnection::check_server() {
  if (const char* version = PQparameterStatus(handle_.get(), "crate_version")) {
    kind_ = TargetKind::cratedb;
    silence_max_ = std::max(silence_max_, kCrateSilenceMax);
    return check_crate_version(version);
  }
  const char* encoding = PQparameterStatus(handle_.get(), "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    // Anything else would refuse or change characters that MongoDB has.
    return Error{ErrorKind::sink_refused,
                 "connect to the target: the database's encoding is " +
                     std::string(encoding == nullptr ? "unknown" : encoding) + ", not UTF8",
                 "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"};
  }
  return ok_status();
}

Status PgConnection::set_session(milliseconds statement_timeout) {
  if (kind_ == TargetKind::cratedb) {
    const PgOutcome outcome = run_statement(
        *this, "SET statement_timeout = '" + std::to_string(statement_timeout.count()) + "ms'");
    if (!outcome.failure) return ok_status();
    return make_crate_error(*outcome.failure, "set the target's session up");
  }
  const PgOutcome outcome = run_statement(
      *this, sql::postgres::set_session, PgParams().number(statement_timeout.count()));
  if (!outcome.failure) return ok_status();
  return make_error(*outcome.failure, "set the target's session up");
}

bool PgConnection::wait(short events) {
  const auto start = SteadyClock::now();
  if (wait_for_socket(handle_.get(), events, start + silence_max_, interrupt_)) return true;
  is_abandoned_ = true;
  silence_ = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
  return false;
}

bool PgConnection::flush() {
  if (!is_open()) return false;
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) return true;
    if (left < 0) return false;
    if (!wait(POLLIN | POLLOUT)) return false;
    if (PQconsumeInput(handle_.get()) == 0) return false;
  }
}

PgConnection::ResultHandle PgConnection::next_result() {
  if (silence_) return nullptr;
  while (PQisBusy(handle_.get()) != 0) {
    if (!wait(POLLIN)) return nullptr;
    // On failure PQgetResult() gives what had arrived, and then the reason.
    if (PQconsumeInput(handle_.get()) == 0) break;
  }
  return ResultHandle(PQgetResult(handle_.get()));
}

PgConnection::CopyPiece PgConnection::next_copy_piece() {
  constexpr int kBroken = -2;
  if (!is_open()) return {.bytes = nullptr, .size = kBroken};
  for (;;) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(handle_.get(), &bytes, 1);
    if (size != 0) return {.bytes = std::unique_ptr<char, FreeMemory>(bytes), .size = size};
    if (!wait(POLLIN) || PQconsumeInput(handle_.get()) == 0)
      return {.bytes = nullptr, .size = kBroken};
  }
}

std::string PgConnection::lost_reason() const {
  if (silence_) return "no answer for " + std::to_string(silence_->count()) + " ms";
  const std::string reason = shorten_connect_message(PQerrorMessage(handle_.get()));
  return reason.empty() ? "the connection is closed" : reason;
}

std::string sink_driver_version() {
  const int version = PQlibVersion();
  return "libpq " + std::to_string(version / 10'000) + "." + std::to_string(version % 10'000);
}

}  // namespace relay
