#include "apply/postgres_sink.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "apply/bookkeeping.h"
#include "apply/dead_letters.h"
#include "apply/interrupt.h"
#include "apply/key_reader.h"
#include "apply/lease.h"
#include "apply/pg_copy.h"
#include "apply/pg_failpoint.h"
#include "apply/pg_pipeline.h"
#include "apply/row_isolator.h"
#include "apply/snapshot_parts.h"
#include "apply/table_setup.h"
#include "apply/table_writer.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr char kBegin[] = "relay_begin";
constexpr char kCommit[] = "relay_commit";
// Whatever the role's default is: a stricter level would only add failures, since the lock on the
// checkpoint row lets one batch of a stream in at a time.
constexpr char kBeginSql[] = "BEGIN ISOLATION LEVEL READ COMMITTED";

// To empty a table takes some seconds for a million rows, so the time for one statement is not
// for it.
constexpr std::chrono::milliseconds kTruncateMax = std::chrono::hours(1);

// A clean stop does not wait for a server that is silent; the lease then ends by itself.
constexpr std::chrono::milliseconds kReleaseMax{2'000};

class Writer final : public Sink {
 public:
  explicit Writer(PostgresSink::Options options)
      : options_(std::move(options)),
        lease_(options_.stream,
               options_.owner,
               options_.lease,
               options_.takes_turns ? LeaseManner::stand_by : LeaseManner::once),
        letters_(options_.stream),
        keys_(connection_options()) {
    CHECK(options_.statement_timeout.count() > 0, "every wait has an end");
  }

  Result<std::optional<Checkpoint>> open() override;
  Status prepare(const TableMapping& table) override;
  Status apply(const Batch& batch) override;
  Status isolate(Batch& batch, Grounds grounds) override;
  Result<std::vector<SnapshotPart>> load_snapshots() override;
  [[nodiscard]] std::uint64_t open_dead_letters() const override { return letters_.open_count(); }
  Result<KeyPage> read_keys(const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) override {
    return keys_.read(table, after, count);
  }
  Result<LiveColumns> read_live_columns(const TableMapping& table) override {
    return keys_.read_columns(table);
  }
  Status renew() override;
  void interrupt() override { interrupt_.raise(); }
  void release() override;

 private:
  [[nodiscard]] PgConnection::Options connection_options() const {
    return {.uri = options_.uri,
            .connect_timeout = options_.connect_timeout,
            .statement_timeout = options_.statement_timeout,
            .interrupt = &interrupt_};
  }
  Status connect();
  Result<std::optional<Checkpoint>> claim();
  Status prepare_statements();
  // Which ends of its transaction a pipeline holds.
  struct Part {
    bool has_begin = false;
    bool has_commit = false;
  };
  Status apply_at_once(const Batch& batch);
  Status apply_by_copy(const Batch& batch);
  Status queue_begin(PgPipeline& pipeline, const Batch& batch);
  Status queue_actions(PgPipeline& pipeline, const Batch& batch);
  void queue_end(PgPipeline& pipeline, const Batch& batch);
  void queue_rest(PgPipeline& pipeline, const Batch& batch);
  Status finish_trial(const Batch& batch);
  Status settle(const PgOutcome& ended);
  [[nodiscard]] Error apply_error(const Batch& batch, const PgOutcome& outcome, Part part) const;
  Result<std::optional<PgFailure>> try_rows(const TableMapping& table,
                                            RowKind kind,
                                            const std::vector<std::string>& columns);
  void end_transaction();
  void end_trial();
  [[nodiscard]] bool is_connected() const {
    return connection_ != nullptr && connection_->is_open();
  }

  PostgresSink::Options options_;
  Interrupt interrupt_;
  Lease lease_;
  TableWriter tables_;
  DeadLetters letters_;
  KeyReader keys_;                            // Of other threads than all the rest.
  std::unique_ptr<PgConnection> connection_;  // Null: open() has to be called.
  bool is_standing_by_ = false;               // Connected, and the lease is another relay's.
  // The batch whose rows an open transaction has written, without the guilty ones.
  std::optional<std::pair<std::uint64_t, Checkpoint>> trial_;
};

Error not_connected(std::string_view doing) {
  return {ErrorKind::sink_unavailable, std::string(doing) + ": not connected to the target", ""};
}

// Statements of a batch, by place. All others lie between it and COMMIT.
constexpr std::size_t kMoveAt = 1;

constexpr std::string_view kNotSupported = "0A000";

std::string describe(const Batch& batch) {
  return "apply batch sequence=" + std::to_string(batch.sequence) +
         " rows=" + std::to_string(batch.row_count());
}

// Of rows that COPY does not take. Nothing here is in doubt: COMMIT was not sent.
Error copy_error(const Batch& batch, const PgFailure& failure) {
  Error error = make_error(failure, describe(batch));
  // A table with row-level security takes no COPY, but it may take an upsert.
  if (failure.sqlstate == kNotSupported && !failure.is_disconnect())
    error.kind = ErrorKind::row_rejected;
  return error;
}

Result<std::optional<Checkpoint>> Writer::open() {
  // A standby asks several times a second: it keeps its connection.
  const bool is_connected_already = std::exchange(is_standing_by_, false) && is_connected();
  const Status connected = is_connected_already ? ok_status() : connect();
  if (!connected.ok()) return connected.error();
  Result<std::optional<Checkpoint>> stored = claim();
  is_standing_by_ =
      options_.takes_turns && !stored.ok() && stored.error().kind == ErrorKind::lease_held;
  if (!stored.ok() && !is_standing_by_) connection_.reset();
  return stored;
}

Status Writer::connect() {
  connection_.reset();
  trial_.reset();
  tables_.discard();
  Result<std::unique_ptr<PgConnection>> connection = PgConnection::open(connection_options());
  if (!connection.ok()) return connection.error();
  connection_ = std::move(connection.value());
  if (connection_->kind() != TargetKind::postgresql) {
    connection_.reset();
    return Error{ErrorKind::sink_refused,
                 "connect to the target: it was PostgreSQL before, and now it is CrateDB",
                 "check target.uri, and what listens there"};
  }
  Status made = create_bookkeeping(*connection_);
  if (!made.ok()) connection_.reset();
  return made;
}

Result<std::optional<Checkpoint>> Writer::claim() {
  Result<std::optional<Checkpoint>> stored = lease_.claim(*connection_);
  if (!stored.ok()) return stored;
  if (Status ready = prepare_statements(); !ready.ok()) return ready.error();
  if (Status counted = letters_.load(*connection_); !counted.ok()) return counted.error();
  return stored;
}

Status Writer::prepare_statements() {
  PgPipeline pipeline(*connection_);
  pipeline.prepare(kBegin, kBeginSql);
  pipeline.prepare(kCommit, "COMMIT");
  Lease::queue_preparation(pipeline);
  DeadLetters::queue_preparation(pipeline);
  queue_snapshot_preparation(pipeline);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure)
    return make_error(*outcome.failure, "prepare the statements of the bookkeeping");
  return tables_.prepare_all(*connection_);
}

Result<std::vector<SnapshotPart>> Writer::load_snapshots() {
  if (!is_connected()) return not_connected("load the snapshots");
  end_trial();
  return load_snapshot_parts(*connection_, options_.stream);
}

Status Writer::prepare(const TableMapping& table) {
  if (!is_connected()) return not_connected("prepare table " + format_table(table.to));
  end_trial();
  if (Status fits = set_up_table(*connection_, table); !fits.ok()) return fits;
  return tables_.add(*connection_, table);
}

Status Writer::apply(const Batch& batch) {
  if (!is_connected()) return not_connected(describe(batch));
  const bool is_tried = trial_ == std::pair(batch.sequence, batch.end);
  if (!is_tried) end_trial();
  Status applied = is_tried                            ? finish_trial(batch)
                   : batch.method == WriteMethod::copy ? apply_by_copy(batch)
                                                       : apply_at_once(batch);
  if (!applied.ok()) end_transaction();
  return applied;
}

Status Writer::apply_at_once(const Batch& batch) {
  PgPipeline pipeline(*connection_);
  if (Status begun = queue_begin(pipeline, batch); !begun.ok()) return begun;
  tables_.queue_removals(pipeline, batch);
  queue_end(pipeline, batch);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return apply_error(batch, outcome, {.has_begin = true, .has_commit = true});
  return settle(outcome);
}

// Libpq has no COPY inside of a pipeline, so the transaction comes in three parts.
Status Writer::apply_by_copy(const Batch& batch) {
  PgPipeline beginning(*connection_);
  if (Status begun = queue_begin(beginning, batch); !begun.ok()) return begun;
  tables_.queue_removals(beginning, batch);
  const PgOutcome begun = beginning.finish();
  if (begun.failure) return apply_error(batch, begun, {.has_begin = true});
  for (const TableRows& rows : batch.tables) {
    const std::string& sql = tables_.copy_sql(*rows.table);
    if (sql.empty() || rows.upserts.row_count() == 0) continue;
    const auto failure = copy_rows(*connection_, sql, rows.upserts, *rows.table);
    if (failure) return copy_error(batch, *failure);
  }
  PgPipeline ending(*connection_);
  queue_end(ending, batch);
  const PgOutcome ended = ending.finish();
  if (ended.failure) return apply_error(batch, ended, {.has_commit = true});
  return settle(ended);
}

// The rows are written already, in the transaction that isolate() has left open.
Status Writer::finish_trial(const Batch& batch) {
  PgPipeline ending(*connection_);
  queue_rest(ending, batch);
  const PgOutcome ended = ending.finish();
  if (ended.failure) return apply_error(batch, ended, {.has_commit = true});
  trial_.reset();
  return settle(ended);
}

Status Writer::queue_begin(PgPipeline& pipeline, const Batch& batch) {
  pipeline.pass(Failpoint::postgres_begin_before);
  pipeline.execute(kBegin);
  pipeline.pass(Failpoint::postgres_begin_sent);
  lease_.queue_move(pipeline, batch.end);
  return queue_actions(pipeline, batch);
}

Status Writer::queue_actions(PgPipeline& pipeline, const Batch& batch) {
  std::chrono::milliseconds time_max = options_.statement_timeout;
  for (const TableAction& action : batch.actions) {
    if (action.kind == TableAction::Kind::truncate) time_max = std::max(time_max, kTruncateMax);
  }
  if (time_max > options_.statement_timeout) {
    pipeline.query(sql::postgres::allow_long_statements,
                   PgParams().number(time_max.count()).number(options_.statement_timeout.count()));
  }
  connection_->set_silence_max(time_max + PgConnection::kSilenceMargin);
  Status queued = tables_.queue_actions(pipeline, batch);
  // What was queued before is answered, and rolled back by the caller.
  if (!queued.ok()) static_cast<void>(pipeline.finish());
  return queued;
}

void Writer::queue_end(PgPipeline& pipeline, const Batch& batch) {
  tables_.queue_upserts(pipeline, batch);
  queue_rest(pipeline, batch);
}

void Writer::queue_rest(PgPipeline& pipeline, const Batch& batch) {
  letters_.queue(pipeline, batch);
  queue_snapshots(pipeline, options_.stream, batch);
  pipeline.pass(Failpoint::postgres_commit_before);
  pipeline.execute(kCommit);
  pipeline.pass(Failpoint::postgres_commit_sent);
}

Status Writer::settle(const PgOutcome& ended) {
  CHECK(ended.answers.back().tag() == "COMMIT", "a transaction without a failure commits");
  tables_.settle();
  letters_.settle(ended);
  return pass_or_fail(Failpoint::postgres_commit_answered, *connection_);
}

Error Writer::apply_error(const Batch& batch, const PgOutcome& outcome, Part part) const {
  const PgFailure& failure = *outcome.failure;
  const std::size_t failed_at = outcome.answers.size();
  const bool is_at_move = part.has_begin && failed_at == kMoveAt;
  const bool is_at_commit = part.has_commit && failed_at + 1 == outcome.statement_count;
  if (is_at_move && !failure.is_disconnect()) return lease_.move_error(failure);
  Error error = make_error(failure, describe(batch));
  // An answer to an earlier statement says that the server never came to COMMIT. A connection that
  // broke says nothing, once COMMIT was on its way.
  const bool is_unanswered =
      part.has_commit && failure.sqlstate.empty() && outcome.sent_count == outcome.statement_count;
  if (is_unanswered || (is_at_commit && failure.is_disconnect())) {
    error.kind = ErrorKind::sink_in_doubt;
    error.hint.clear();
  }
  return error;
}

void Writer::end_trial() {
  if (trial_) end_transaction();
}

void Writer::end_transaction() {
  trial_.reset();
  tables_.discard();
  if (is_connected() && !connection_->is_idle()) {
    const PgOutcome outcome = run_statement(*connection_, "ROLLBACK");
    if (outcome.failure) connection_->abandon();
  }
  if (!is_connected()) connection_.reset();
}

// The trial is the batch itself: what it has written in the end is what apply() commits.
Status Writer::isolate(Batch& batch, Grounds grounds) {
  if (!is_connected()) return not_connected("isolate refused rows");
  end_trial();
  PgPipeline pipeline(*connection_);
  if (Status begun = queue_begin(pipeline, batch); !begun.ok()) {
    end_transaction();
    return begun;
  }
  // A deferred constraint would speak up at COMMIT only. But it may be one that rows further on
  // fulfil, so without a refusal it is left alone.
  if (grounds == Grounds::refused) pipeline.query("SET CONSTRAINTS ALL IMMEDIATE");
  const PgOutcome begun = pipeline.finish();
  if (begun.failure) {
    Error error = apply_error(batch, begun, {.has_begin = true});
    end_transaction();
    return error;
  }
  RowIsolator isolator(batch, [this](const TableMapping& table, RowKind kind, const auto& columns) {
    return try_rows(table, kind, columns);
  });
  Status found = isolator.run(grounds);
  if (found.ok()) {
    trial_.emplace(batch.sequence, batch.end);
  } else {
    end_transaction();
  }
  return found;
}

Result<std::optional<PgFailure>> Writer::try_rows(const TableMapping& table,
                                                  RowKind kind,
                                                  const std::vector<std::string>& columns) {
  PgPipeline pipeline(*connection_);
  pipeline.query("SAVEPOINT relay_trial");
  tables_.queue_rows(pipeline, table, kind, columns);
  pipeline.query("RELEASE SAVEPOINT relay_trial");
  PgOutcome outcome = pipeline.finish();
  if (!outcome.failure) return std::optional<PgFailure>{};
  Error error =
      make_error(*outcome.failure, "isolate refused rows table=" + format_table(table.to));
  if (error.kind != ErrorKind::row_rejected) return error;
  const PgOutcome undone = run_statement(*connection_, "ROLLBACK TO SAVEPOINT relay_trial");
  if (undone.failure) return make_error(*undone.failure, "isolate refused rows");
  return std::move(outcome.failure);
}

Status Writer::renew() {
  if (!is_connected()) return not_connected("renew the lease");
  end_trial();
  return lease_.renew(*connection_);
}

void Writer::release() {
  if (!is_connected()) return;
  end_trial();
  if (!is_connected()) return;
  connection_->set_silence_max(std::min(kReleaseMax, options_.statement_timeout));
  lease_.release(*connection_);
  connection_.reset();
}

}  // namespace

std::unique_ptr<Sink> PostgresSink::make(Options options) {
  return std::make_unique<Writer>(std::move(options));
}

}  // namespace relay
