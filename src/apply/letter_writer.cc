#include "apply/letter_writer.h"

#include <string>
#include <utility>

#include "apply/stream_gate.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr int kClosedAt = 10;  // Column of show_dead_letter.sql.

std::string describe(const StoredLetter& letter) {
  return "retry dead letter " + std::to_string(letter.id);
}

// Behind the lock.
Result<bool> is_open(StreamGate& gate, const StoredLetter& letter) {
  const PgOutcome outcome = gate.run(sql::postgres::show_dead_letter, PgParams().number(letter.id));
  if (outcome.failure) return make_error(*outcome.failure, describe(letter));
  const PgAnswer& stored = outcome.answers.front();
  return stored.row_count() == 1 && !stored.cell(0, kClosedAt);
}

}  // namespace

struct LetterWriter::State {
  std::unique_ptr<StreamGate> gate;
};

LetterWriter::LetterWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
LetterWriter::LetterWriter(LetterWriter&&) noexcept = default;
LetterWriter::~LetterWriter() = default;

Result<LetterWriter> LetterWriter::open(const DeadLetterDesk::Options& options) {
  Result<std::unique_ptr<StreamGate>> gate = StreamGate::open(options);
  if (!gate.ok()) return gate.error();
  return LetterWriter(std::make_unique<State>(State{.gate = std::move(gate.value())}));
}

Status LetterWriter::prepare(const TableMapping& table) {
  return state_->gate->set_up(table);
}

Result<Rewriting> LetterWriter::rewrite(const StoredLetter& letter, const MakeRows& make) {
  StreamGate& gate = *state_->gate;
  const auto end = [&](Rewriting outcome) {
    gate.roll_back();
    return outcome;
  };
  const auto fail = [&](const Error& error) {
    gate.roll_back();
    return error;
  };
  if (Status begun = gate.begin(letter.stream, describe(letter)); !begun.ok())
    return fail(begun.error());
  const Result<bool> open = is_open(gate, letter);
  if (!open.ok()) return fail(open.error());
  if (!open.value()) return end(Rewriting::closed_before);
  const Result<Batch> batch = make();
  if (!batch.ok()) return fail(batch.error());
  if (!batch.value().dead_letters.empty()) return end(Rewriting::unfit);
  // The row of a key that its column cannot hold does not exist, and closes no letter.
  const auto close = [&](PgPipeline& pipeline) {
    pipeline.query(sql::postgres::close_dead_letter, PgParams().number(letter.id));
  };
  if (Status committed = gate.commit(batch.value(), close); !committed.ok())
    return fail(committed.error());
  return Rewriting::written;
}

}  // namespace relay
