#include "apply/letter_writer.h"

#include <string>
#include <utility>

#include "apply/crate_letter_writer.h"
#include "apply/stream_gate.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr int kClosedAt = 10;  // Column of show_dead_letter.sql.

// Behind the lock.
Result<bool> is_open(StreamGate& gate, const StoredLetter& letter, std::int64_t number) {
  const PgOutcome outcome = gate.run(sql::postgres::show_dead_letter, PgParams().number(number));
  if (outcome.failure) return make_error(*outcome.failure, describe_retry(letter));
  const PgAnswer& stored = outcome.answers.front();
  return stored.row_count() == 1 && !stored.cell(0, kClosedAt);
}

Result<Rewriting> rewrite_behind(StreamGate& gate,
                                 const StoredLetter& letter,
                                 const LetterWriter::MakeRows& make) {
  const Result<std::int64_t> number = parse_letter_number(letter.id);
  if (!number.ok()) return number.error();
  const auto end = [&](Rewriting outcome) {
    gate.roll_back();
    return outcome;
  };
  const auto fail = [&](const Error& error) {
    gate.roll_back();
    return error;
  };
  if (Status begun = gate.begin(letter.stream, describe_retry(letter)); !begun.ok())
    return fail(begun.error());
  const Result<bool> open = is_open(gate, letter, number.value());
  if (!open.ok()) return fail(open.error());
  if (!open.value()) return end(Rewriting::closed_before);
  const Result<Batch> batch = make();
  if (!batch.ok()) return fail(batch.error());
  if (!batch.value().dead_letters.empty()) return end(Rewriting::unfit);
  // The row of a key that its column cannot hold does not exist, and closes no letter.
  const auto close = [&](PgPipeline& pipeline) {
    pipeline.query(sql::postgres::close_dead_letter, PgParams().number(number.value()));
  };
  if (Status committed = gate.commit(batch.value(), close); !committed.ok())
    return fail(committed.error());
  return Rewriting::written;
}

}  // namespace

std::string describe_retry(const StoredLetter& letter) {
  return "retry dead letter " + letter.id;
}

// One of the two.
struct LetterWriter::State {
  std::unique_ptr<StreamGate> gate;
  std::unique_ptr<CrateLetterWriter> crate;
};

LetterWriter::LetterWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
LetterWriter::LetterWriter(LetterWriter&&) noexcept = default;
LetterWriter::~LetterWriter() = default;

Result<LetterWriter> LetterWriter::open(const DeadLetterDesk::Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  auto state = std::make_unique<State>();
  if (connection.value()->kind() == TargetKind::cratedb) {
    state->crate = std::make_unique<CrateLetterWriter>(std::move(connection.value()),
                                                       options.statement_timeout);
  } else {
    Result<std::unique_ptr<StreamGate>> gate = StreamGate::make(std::move(connection.value()));
    if (!gate.ok()) return gate.error();
    state->gate = std::move(gate.value());
  }
  return LetterWriter(std::move(state));
}

TargetKind LetterWriter::target() const {
  return state_->crate != nullptr ? TargetKind::cratedb : TargetKind::postgresql;
}

Result<std::vector<SubColumn>> LetterWriter::read_sub_columns(const TableMapping& table) {
  if (state_->crate == nullptr) return std::vector<SubColumn>();
  return state_->crate->read_sub_columns(table);
}

Status LetterWriter::prepare(const TableMapping& table) {
  return state_->crate != nullptr ? state_->crate->prepare(table) : state_->gate->set_up(table);
}

Result<Rewriting> LetterWriter::rewrite(const StoredLetter& letter, const MakeRows& make) {
  if (state_->crate != nullptr) return state_->crate->rewrite(letter, make);
  return rewrite_behind(*state_->gate, letter, make);
}

}  // namespace relay
