#include "pipeline/assemble_stage.h"

#include <span>
#include <utility>

#include "decode/event_decoder.h"
#include "decode/json_writer.h"
#include "decode/key_text.h"
#include "observe/log.h"

namespace relay {
namespace {

// A position without rows is worth a transaction of its own only now and then.
constexpr std::chrono::milliseconds kPositionEvery{500};

constexpr std::size_t kRemovalWeight = 64;

// JSON text of a document takes about a quarter more than its BSON.
std::size_t row_weight(RawDocument document) {
  return document.size() + document.size() / 4;
}

bool is_row_operation(OperationType operation) {
  return operation == OperationType::insert || operation == OperationType::update ||
         operation == OperationType::replace || operation == OperationType::delete_;
}

std::uint64_t seed_from(Clock& clock) {
  return static_cast<std::uint64_t>(clock.wall_now().time_since_epoch().count()) * 5;
}

}  // namespace

AssembleStage::AssembleStage(Links links, BatchLimits limits, JsonTarget target, Patience patience)
    : links_(links),
      builder_(limits),
      maker_(links.source, links.progress, target, limits.bytes_max),
      retry_("source", patience, seed_from(links.clock), links.clock) {}

StepState AssembleStage::step() {
  if (failure_) return StepState::failed;
  // A closed queue: the apply stage has ended, for whatever reason.
  if (links_.control.is_stopping() || links_.batches.is_closed()) return finish();
  const Clock::TimePoint now = links_.clock.now();
  wake_at_ = std::max(retry_at_, now + kPositionEvery);
  if (now < retry_at_) return links_.control.is_draining() ? finish() : StepState::idle;
  if (wants_more()) {
    std::optional<ReceivedReply> received = links_.replies.try_pop();
    if (received) return take_reply(std::move(*received));
  }
  return links_.batches.has_room() ? emit() : StepState::idle;
}

bool AssembleStage::wants_more() const {
  if (builder_.is_full()) return false;
  // An open transaction has to go on until it can be cut.
  return !builder_.is_worth_a_batch() || builder_.cut(tail()) == 0;
}

Tail AssembleStage::tail() const {
  return is_tail_open_ ? Tail::may_continue : Tail::complete;
}

StepState AssembleStage::take_reply(ReceivedReply received) {
  operations_ = {};
  EventWalker walker(received.reply.events);
  std::uint64_t count = 0;
  for (;;) {
    Result<std::optional<RawDocument>> next = walker.next();
    if (!next.ok()) return fail(next.error());
    if (!next.value()) break;
    Result<ChangeEvent> event = decode_event(*next.value());
    if (!event.ok()) return fail(event.error());
    ++count;
    const Status taken = take_event(event.value());
    if (!taken.ok()) return fail(taken.error());
  }
  CHECK(count == received.reply.event_count, "reader and decoder count the same events");
  links_.progress.count_operations(operations_);
  end_ = {received.reply.end, received.pipeline_hash};
  is_tail_open_ = received.reply.is_full;
  held_.push_back({std::move(received), events_taken_});
  return StepState::ran;
}

Status AssembleStage::take_event(const ChangeEvent& event) {
  ++events_taken_;
  if (is_row_operation(event.operation)) return plan_writes(event);
  ++operations_[static_cast<std::size_t>(event.operation)];
  note_passed_over(event);
  return ok_status();
}

Status AssembleStage::plan_writes(const ChangeEvent& event) {
  const Result<std::span<const TableMapping* const>> routed = links_.tables.route(event.ns);
  if (!routed.ok()) return routed.error();
  if (routed.value().empty()) return ok_status();
  ++operations_[static_cast<std::size_t>(event.operation)];
  PlannedWrite write;
  if (!append_key_text(event.document_key, write.key)) {
    // An _id that is no proper BSON: its document is rejected further on, under a key of its own,
    // and a delete of it finds no row.
    write.key = format_dead_letter_document(event.document_key);
  }
  write.operation = event.operation;
  write.document_key = event.document_key;
  write.cluster_time = event.cluster_time;
  write.token = event.token;
  write.event_ordinal = events_taken_;
  write.transaction_session = event.transaction_session;
  write.transaction_number = event.transaction_number;
  for (const TableMapping* table : routed.value()) {
    PlannedWrite next = write;
    next.table = table;
    if (event.operation == OperationType::delete_) {
      next.kind = WriteKind::removal;
      next.weight_bytes = kRemovalWeight;
    } else if (!event.full_document.empty()) {
      next.kind = WriteKind::upsert;
      next.document = event.full_document;
      next.weight_bytes = row_weight(event.full_document);
    } else {
      next.kind = WriteKind::look_up;
      next.weight_bytes = maker_.look_up_weight(table);
    }
    builder_.add(std::move(next));
  }
  return ok_status();
}

// Types that are no row writes are counted and passed over; what empties or moves a collection is
// said once for each, because the table then differs from it.
void AssembleStage::note_passed_over(const ChangeEvent& event) {
  const bool is_notable = event.operation == OperationType::drop ||
                          event.operation == OperationType::rename ||
                          event.operation == OperationType::drop_database;
  if (!is_notable) return;
  std::string what = std::string(event.operation_name) + " " + format_namespace(event.ns);
  if (!passed_over_.insert(std::move(what)).second) return;
  log_warn("event passed over, rows stay as they are",
           {{"operation", event.operation_name},
            {"namespace", format_namespace(event.ns)},
            {"position", format_token(event.token)}});
}

StepState AssembleStage::emit() {
  std::size_t count = builder_.cut(tail());
  if (smaller_cut_) count = builder_.cut_below(*smaller_cut_);
  if (count > 0) return emit_writes(count);
  if (!builder_.is_empty()) {
    // A transaction whose end has not arrived. If it never will, it is read again after a restart.
    return links_.replies.is_finished() ? finish() : StepState::idle;
  }
  if (is_position_due()) return hand_on(Batch{}, 0);
  return links_.replies.is_finished() ? finish() : StepState::idle;
}

bool AssembleStage::is_position_due() const {
  if (held_.empty() || end_.position == emitted_) return false;
  return batch_count_ == 0 || links_.replies.is_finished() ||
         links_.clock.now() >= position_emitted_at_ + kPositionEvery;
}

StepState AssembleStage::emit_writes(std::size_t count) {
  const std::span<const PlannedWrite> writes = std::span(builder_.writes()).first(count);
  Result<std::optional<Batch>> made = maker_.make(writes);
  if (!made.ok()) {
    links_.progress.count_source_error();
    if (links_.control.is_draining()) return finish();
    const std::optional<Clock::Duration> delay = retry_.on_error(made.error());
    if (!delay) return fail(made.error());
    retry_at_ = links_.clock.now() + *delay;
    return StepState::idle;
  }
  retry_.on_success();
  if (!made.value()) {
    smaller_cut_ = count / 2;
    return StepState::ran;
  }
  smaller_cut_.reset();
  return hand_on(std::move(*made.value()), count);
}

// `count`: how many of the planned writes the batch is made of.
StepState AssembleStage::hand_on(Batch batch, std::size_t count) {
  const bool is_all = count == builder_.writes().size();
  std::uint64_t last_ordinal = events_taken_;
  batch.end = end_;
  if (!is_all) {
    const PlannedWrite& last = builder_.writes()[count - 1];
    CHECK(last.event_ordinal < builder_.writes()[count].event_ordinal,
          "a batch ends between two events");
    last_ordinal = last.event_ordinal;
    batch.end.position = {format_token(last.token), last.cluster_time};
  }
  batch.event_count = last_ordinal - events_emitted_;
  batch.sequence = ++batch_count_;
  batch.oldest_received = held_.front().received.received_at;
  links_.progress.move_assembled(batch.event_count);
  emitted_ = batch.end.position;
  events_emitted_ = last_ordinal;
  position_emitted_at_ = links_.clock.now();
  builder_.take(count);
  while (!held_.empty() && held_.front().last_ordinal <= last_ordinal)
    held_.pop_front();
  const std::size_t weight = batch.byte_count();
  CHECK(links_.batches.try_push(batch, weight), "room was asked for before the batch was made");
  return StepState::ran;
}

StepState AssembleStage::fail(Error error) {
  failure_ = std::move(error);
  links_.replies.close();
  links_.batches.close();
  return StepState::failed;
}

StepState AssembleStage::finish() {
  links_.replies.close();
  links_.batches.close();
  return StepState::finished;
}

}  // namespace relay
