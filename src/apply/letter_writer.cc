#include "apply/letter_writer.h"

#include <string>
#include <utility>

#include "apply/dead_letters.h"
#include "apply/pg_pipeline.h"
#include "apply/table_setup.h"
#include "apply/table_writer.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr int kClosedAt = 10;  // Column of show_dead_letter.sql.

std::string describe(const StoredLetter& letter) {
  return "retry dead letter " + std::to_string(letter.id);
}

}  // namespace

struct LetterWriter::State {
  std::unique_ptr<PgConnection> connection;
  TableWriter tables;

  // True: the letter is open. Leaves the transaction open in every case.
  Result<bool> begin(const StoredLetter& letter);
  Status commit(const StoredLetter& letter, const Batch& batch);
  void roll_back();
};

Result<bool> LetterWriter::State::begin(const StoredLetter& letter) {
  PgPipeline pipeline(*connection);
  // Each statement sees what was committed before it, so the letter is read behind the lock.
  pipeline.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  pipeline.query(sql::postgres::lock_checkpoint, PgParams().bytes(letter.stream));
  pipeline.query(sql::postgres::show_dead_letter, PgParams().number(letter.id));
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, describe(letter));
  if (outcome.answers[1].row_count() == 0) {
    return Error{ErrorKind::sink_refused,
                 describe(letter) + ": stream " + letter.stream +
                     " has no row in relay.checkpoint, so a relay could not be kept out",
                 "start the relay once, or discard the letter"};
  }
  const PgAnswer& stored = outcome.answers[2];
  return stored.row_count() == 1 && !stored.cell(0, kClosedAt);
}

Status LetterWriter::State::commit(const StoredLetter& letter, const Batch& batch) {
  DeadLetters letters(letter.stream);
  if (Status counted = letters.load(*connection); !counted.ok()) return counted;
  PgPipeline pipeline(*connection);
  tables.queue_removals(pipeline, batch);
  tables.queue_upserts(pipeline, batch);
  letters.queue(pipeline, batch);
  // The row of a key that its column cannot hold does not exist, and closes no letter.
  pipeline.query(sql::postgres::close_dead_letter, PgParams().number(letter.id));
  pipeline.query("COMMIT");
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, describe(letter));
  CHECK(outcome.answers.back().tag() == "COMMIT", "a transaction without a failure commits");
  return ok_status();
}

void LetterWriter::State::roll_back() {
  if (!connection->is_open() || connection->is_idle()) return;
  const PgOutcome outcome = run_statement(*connection, "ROLLBACK");
  if (outcome.failure) connection->abandon();
}

LetterWriter::LetterWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
LetterWriter::LetterWriter(LetterWriter&&) noexcept = default;
LetterWriter::~LetterWriter() = default;

Result<LetterWriter> LetterWriter::open(const DeadLetterDesk::Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  if (Status built = refuse_crate(*connection.value()); !built.ok()) return built.error();
  auto state = std::make_unique<State>();
  state->connection = std::move(connection.value());
  PgPipeline pipeline(*state->connection);
  DeadLetters::queue_preparation(pipeline);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, "prepare to close dead letters");
  return LetterWriter(std::move(state));
}

Status LetterWriter::prepare(const TableMapping& table) {
  if (Status fits = set_up_table(*state_->connection, table); !fits.ok()) return fits;
  return state_->tables.add(*state_->connection, table);
}

Result<Rewriting> LetterWriter::rewrite(const StoredLetter& letter, const MakeRows& make) {
  const auto end = [this](Rewriting outcome) {
    state_->roll_back();
    return outcome;
  };
  const auto fail = [this](const Error& error) {
    state_->roll_back();
    return error;
  };
  const Result<bool> is_open = state_->begin(letter);
  if (!is_open.ok()) return fail(is_open.error());
  if (!is_open.value()) return end(Rewriting::closed_before);
  const Result<Batch> batch = make();
  if (!batch.ok()) return fail(batch.error());
  if (!batch.value().dead_letters.empty()) return end(Rewriting::unfit);
  if (Status committed = state_->commit(letter, batch.value()); !committed.ok())
    return fail(committed.error());
  return Rewriting::written;
}

}  // namespace relay
