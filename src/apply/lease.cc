#include "apply/lease.h"

#include "apply/pg_failpoint.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr char kMovePosition[] = "relay_move_position";
constexpr std::string_view kDivisionByZero = "22012";
constexpr std::string_view kNoRight = "42501";
constexpr std::string_view kLockTimeout = "55P03";

// Of a standby, for the row of relay.checkpoint. A batch of the leader holds it for milliseconds.
constexpr std::chrono::milliseconds kLockWait{300};
constexpr char kHintRights[] =
    "GRANT USAGE ON SCHEMA relay TO role; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN "
    "SCHEMA relay TO role";

// Columns as in RETURNING of claim.sql and reclaim.sql.
std::optional<Checkpoint> read_checkpoint(const PgAnswer& answer) {
  const auto token = answer.cell(0, 1);
  if (!token && !answer.cell(0, 2)) return std::nullopt;
  return Checkpoint{
      .position = {.token = std::string(token.value_or("")),
                   .cluster_time = {.seconds = static_cast<std::uint32_t>(answer.number(0, 2)),
                                    .increment = static_cast<std::uint32_t>(answer.number(0, 3))}},
      .pipeline_hash = std::string(answer.cell(0, 4).value_or(""))};
}

Error bookkeeping_error(const PgFailure& failure, std::string_view doing) {
  Error error = make_error(failure, doing);
  if (failure.sqlstate == kNoRight) error.hint = kHintRights;
  // Nothing here is a row of the user's.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

}  // namespace

PgParams Lease::ours() const {
  PgParams params;
  params.bytes(stream_).bytes(owner_).number(epoch_);
  return params;
}

Result<std::optional<Checkpoint>> Lease::claim(PgConnection& connection) {
  if (Status hit = pass_or_fail(Failpoint::postgres_claim_before, connection); !hit.ok())
    return hit.error();
  Result<std::optional<Checkpoint>> claimed = epoch_ != 0 ? claim_again(connection)
                                              : manner_ == LeaseManner::stand_by
                                                  ? claim_as_standby(connection)
                                                  : claim_first(connection);
  if (!claimed.ok()) return claimed;
  const PgOutcome marked =
      run_statement(connection, sql::postgres::mark_session, PgParams().bytes(stream_));
  if (marked.failure) return bookkeeping_error(*marked.failure, "claim stream=" + stream_);
  if (Status hit = pass_or_fail(Failpoint::postgres_claim_after, connection); !hit.ok())
    return hit.error();
  return claimed;
}

Result<std::optional<Checkpoint>> Lease::claim_first(PgConnection& connection) {
  const PgOutcome outcome =
      run_statement(connection,
                    sql::postgres::claim,
                    PgParams().bytes(stream_).bytes(owner_).number(duration_.count()));
  if (outcome.failure) return bookkeeping_error(*outcome.failure, "claim stream=" + stream_);
  return take(connection, outcome.answers.front());
}

// The row as it is after a claim; none: somebody holds the lease.
Result<std::optional<Checkpoint>> Lease::take(PgConnection& connection, const PgAnswer& claimed) {
  if (claimed.row_count() == 0) {
    Result<std::optional<Error>> holder = find_holder(connection);
    if (!holder.ok()) return holder.error();
    if (holder.value()) return *holder.value();
    return Error{
        ErrorKind::lease_held, "claim stream=" + stream_ + ": the lease is changing hands", ""};
  }
  epoch_ = epoch_possible_ = claimed.number(0, 0);
  CHECK(epoch_ > 0, "epochs begin at 1");
  return read_checkpoint(claimed);
}

Result<std::optional<Checkpoint>> Lease::claim_as_standby(PgConnection& connection) {
  const std::string doing = "claim stream=" + stream_;
  const Result<std::optional<Error>> holder = find_holder(connection);
  if (!holder.ok()) return holder.error();
  if (holder.value()) return *holder.value();
  PgPipeline pipeline(connection);
  pipeline.query("BEGIN");
  pipeline.query(sql::postgres::limit_lock_wait, PgParams().number(kLockWait.count()));
  pipeline.query(sql::postgres::claim,
                 PgParams().bytes(stream_).bytes(owner_).number(duration_.count()));
  pipeline.query("COMMIT");
  const PgOutcome outcome = pipeline.finish();
  if (!outcome.failure) return take(connection, outcome.answers[2]);
  const bool is_locked = outcome.failure->sqlstate == kLockTimeout;
  if (!is_locked) return bookkeeping_error(*outcome.failure, doing);
  const PgOutcome undone = run_statement(connection, "ROLLBACK");
  if (undone.failure) return bookkeeping_error(*undone.failure, doing);
  // Without the right to do it, that is of another role, the holder's own time limits have to do.
  static_cast<void>(run_statement(connection,
                                  sql::postgres::end_silent_holder,
                                  PgParams().bytes(stream_).number(duration_.count())));
  return Error{ErrorKind::lease_held, doing + ": a transaction of its leader has not ended", ""};
}

Result<std::optional<Checkpoint>> Lease::claim_again(PgConnection& connection) {
  PgParams params;
  params.bytes(stream_)
      .bytes(owner_)
      .number(duration_.count())
      .number(epoch_)
      .number(epoch_possible_);
  ++epoch_possible_;
  const PgOutcome outcome = run_statement(connection, sql::postgres::reclaim, params);
  if (outcome.failure) return bookkeeping_error(*outcome.failure, "claim again stream=" + stream_);
  const PgAnswer& answer = outcome.answers.front();
  if (answer.row_count() == 0) return lost_error();
  CHECK(answer.number(0, 0) == epoch_possible_, "a claim sets the epoch it was sent with");
  epoch_ = epoch_possible_;
  return read_checkpoint(answer);
}

Result<std::optional<Error>> Lease::find_holder(PgConnection& connection) const {
  const PgOutcome outcome =
      run_statement(connection, sql::postgres::read_holder, PgParams().bytes(stream_));
  if (outcome.failure) return bookkeeping_error(*outcome.failure, "claim stream=" + stream_);
  const PgAnswer& answer = outcome.answers.front();
  if (answer.row_count() == 0) return std::optional<Error>();
  const std::string owner(answer.cell(0, 0).value_or(""));
  const std::int64_t seconds = answer.number(0, 1);
  if (owner == owner_ || seconds <= 0) return std::optional<Error>();
  return std::optional(Error{ErrorKind::lease_held,
                             "claim stream=" + stream_ + ": held by the relay owner=" + owner +
                                 " for another " + std::to_string(seconds) + " s unless renewed",
                             ""});
}

Error Lease::lost_error() const {
  return {ErrorKind::lease_lost,
          "stream=" + stream_ +
              ": another relay has taken the stream over, or its row in relay.checkpoint is gone",
          ""};
}

Status Lease::renew(PgConnection& connection) {
  if (Status hit = pass_or_fail(Failpoint::postgres_renew_before, connection); !hit.ok())
    return hit;
  const PgOutcome outcome =
      run_statement(connection, sql::postgres::renew, ours().number(duration_.count()));
  if (outcome.failure)
    return bookkeeping_error(*outcome.failure, "renew the lease stream=" + stream_);
  if (outcome.answers.front().affected() == 0) return lost_error();
  return pass_or_fail(Failpoint::postgres_renew_after, connection);
}

void Lease::release(PgConnection& connection) {
  if (epoch_ == 0) return;
  static_cast<void>(run_statement(connection, sql::postgres::release, ours()));
}

void Lease::queue_preparation(PgPipeline& pipeline) {
  pipeline.prepare(kMovePosition, std::string(sql::postgres::move_position));
}

void Lease::queue_move(PgPipeline& pipeline, const Checkpoint& end) const {
  PgParams params = ours();
  params.bytes(end.position.token)
      .number(end.position.cluster_time.seconds)
      .number(end.position.cluster_time.increment)
      .bytes(end.pipeline_hash)
      .number(duration_.count());
  pipeline.execute(kMovePosition, params);
  pipeline.pass(Failpoint::postgres_position_sent);
}

void Lease::queue_forget(PgPipeline& pipeline) const {
  pipeline.query(sql::postgres::forget_position, ours());
}

Error Lease::move_error(const PgFailure& failure) const {
  if (failure.sqlstate == kDivisionByZero) return lost_error();
  return bookkeeping_error(failure, "move the position stream=" + stream_);
}

}  // namespace relay
