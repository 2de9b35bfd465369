#include "apply/stream_gate.h"

#include "apply/dead_letters.h"
#include "apply/table_setup.h"
#include "core/check.h"
#include "sql/postgres.h"

namespace relay {

Result<std::unique_ptr<StreamGate>> StreamGate::make(std::unique_ptr<PgConnection> connection) {
  CHECK(connection->kind() == TargetKind::postgresql, "a row lock keeps batches out");
  std::unique_ptr<StreamGate> gate(new StreamGate(std::move(connection)));
  PgPipeline pipeline(*gate->connection_);
  DeadLetters::queue_preparation(pipeline);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, "prepare to close dead letters");
  return gate;
}

Status StreamGate::set_up(const TableMapping& table) {
  if (Status fits = set_up_table(*connection_, table); !fits.ok()) return fits;
  return prepare(table);
}

Status StreamGate::begin(const std::string& stream, const std::string& doing) {
  stream_ = stream;
  doing_ = doing;
  PgPipeline pipeline(*connection_);
  // Each statement sees what was committed before it, so what follows is read behind the lock.
  pipeline.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  pipeline.query(sql::postgres::lock_checkpoint, PgParams().bytes(stream));
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, doing);
  if (outcome.answers[1].row_count() > 0) return ok_status();
  return Error{ErrorKind::sink_refused,
               doing + ": stream " + stream +
                   " has no row in relay.checkpoint, so a relay could not be kept out",
               "start the relay once"};
}

Status StreamGate::commit(const Batch& batch, const QueueMore& queue_more) {
  DeadLetters letters(stream_);
  if (Status counted = letters.load(*connection_); !counted.ok()) return counted;
  PgPipeline pipeline(*connection_);
  tables_.queue_removals(pipeline, batch);
  tables_.queue_upserts(pipeline, batch);
  letters.queue(pipeline, batch);
  if (queue_more) queue_more(pipeline);
  pipeline.query("COMMIT");
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, doing_);
  CHECK(outcome.answers.back().tag() == "COMMIT", "a transaction without a failure commits");
  return ok_status();
}

void StreamGate::roll_back() {
  if (!connection_->is_open() || connection_->is_idle()) return;
  const PgOutcome outcome = run_statement(*connection_, "ROLLBACK");
  if (outcome.failure) connection_->abandon();
}

}  // namespace relay
