#include "pipeline/assemble_stage.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/failpoint.h"
#include "decode/event_decoder.h"
#include "observe/log.h"
#include "pipeline/barrier_update.h"

namespace relay {
namespace {

// A position without rows is worth a transaction of its own only now and then.
constexpr std::chrono::milliseconds kPositionEvery{500};

// Keys that are remembered for chunks under way. Beyond that the chunks are read again later.
constexpr std::size_t kTouchedBytesMax = 16U << 20U;

}  // namespace

AssembleStage::AssembleStage(Links links, const Options& options)
    : links_(links),
      takes_snapshots_(options.takes_snapshots),
      builder_(options.limits),
      maker_(links.source, links.sink, links.progress, options.limits.bytes_max),
      planner_(
          {.tables = links.tables, .board = links.board, .maker = maker_, .builder = builder_}),
      growth_(links.tables, links.sink),
      retry_("source", options.source_patience, 2, links.clock),
      target_retry_("target", options.target_patience, 2, links.clock) {}

StepState AssembleStage::step() {
  if (failure_) return StepState::failed;
  // A closed queue: the apply stage has ended, for whatever reason.
  if (links_.control.is_stopping() || links_.batches.is_closed()) return finish();
  const Clock::TimePoint now = links_.clock.now();
  wake_at_ = std::max(retry_at_, now + kPositionEvery);
  if (now < retry_at_) return links_.control.is_draining() ? finish() : StepState::idle;
  if (opening_ && builder_.is_empty()) return take_opening(*std::exchange(opening_, std::nullopt));
  take_requests();
  take_chunk();
  if (wants_more()) {
    std::optional<ReceivedReply> received = links_.replies.try_pop();
    if (received) return take_reply(std::move(*received));
  }
  return links_.batches.has_room() ? emit() : StepState::idle;
}

bool AssembleStage::wants_more() {
  if (opening_ || builder_.is_full()) return false;
  // An open transaction has to go on until it can be cut.
  const bool is_complete = builder_.is_empty() || builder_.cut(tail()) > 0;
  // The source had nothing more when it answered last, and the apply stage is free.
  const bool has_something = !builder_.is_empty() || is_position_due();
  const bool is_quiet = has_something && !is_tail_open_ && links_.batches.has_room();
  const bool is_chunks_turn = builder_.is_empty() && !is_streams_turn_ && is_chunk_ready();
  const bool is_enough = builder_.is_worth_a_batch() || is_quiet || is_chunks_turn;
  return !is_enough || !is_complete;
}

// Behind a lost position nothing continues: what is missing of a transaction will never come.
Tail AssembleStage::tail() const {
  return is_tail_open_ && !opening_ ? Tail::may_continue : Tail::complete;
}

StepState AssembleStage::take_reply(ReceivedReply received) {
  if (received.opening) {
    opening_ = std::move(received);
    return StepState::ran;
  }
  if (Status hit = pass_or_fail(Failpoint::decode_before); !hit.ok()) return fail(hit.error());
  follow_claims();
  const std::size_t writes_before = builder_.writes().size();
  EventWalker walker(received.reply.events);
  std::uint64_t count = 0;
  for (;;) {
    Result<std::optional<RawDocument>> next = walker.next();
    if (!next.ok()) return fail(next.error());
    if (!next.value()) break;
    Result<ChangeEvent> event = decode_event(*next.value());
    if (!event.ok()) return fail(event.error());
    ++count;
    const Status taken = take_part(event.value());
    if (!taken.ok()) return fail(taken.error());
  }
  if (Status hit = pass_or_fail(Failpoint::decode_after); !hit.ok()) return fail(hit.error());
  CHECK(count == received.reply.event_count, "reader and decoder count the same events");
  if (count > 0) links_.progress.count_events(planner_.take_counts());
  end_ = {received.reply.end, received.pipeline_hash};
  is_tail_open_ = received.reply.is_full;
  if (builder_.is_empty()) is_streams_turn_ = false;  // It has nothing for us.
  const bool is_looked_into = builder_.writes().size() > writes_before || merger_.is_pending();
  if (is_looked_into) {
    held_.hold(
        std::move(received.reply), received.received_at, events_taken_ + merger_.missing_count());
  } else {
    held_.note_passed(received.received_at, events_taken_);
  }
  return StepState::ran;
}

Status AssembleStage::take_part(const ChangeEvent& part) {
  ++events_taken_;
  if (part.fragment_count == 0 && !merger_.is_pending()) return take_event(part);
  const Result<std::optional<ChangeEvent>> event = merger_.add(part);
  if (!event.ok()) return event.error();
  return event.value() ? take_event(*event.value()) : ok_status();
}

// A whole one; its ordinal is that of its last part.
Status AssembleStage::take_event(const ChangeEvent& event) {
  const std::size_t before = builder_.writes().size();
  Status planned = planner_.plan(event, events_taken_);
  if (!planned.ok() || touched_.empty()) return planned;
  for (const PlannedWrite& write : std::span(builder_.writes()).subspan(before)) {
    const auto touched = touched_.find(write.table->to);
    if (touched == touched_.end()) continue;
    // What was written to the collection before says nothing about the one that stands there now.
    if (write.kind == WriteKind::barrier) {
      touched->second.clear();
    } else {
      touched->second.add(write.key, events_taken_);
    }
  }
  return planned;
}

// Which keys have to be remembered from here on, and which can be forgotten.
void AssembleStage::follow_claims() {
  const std::map<TableName, std::uint64_t> open = links_.board.open_claims(events_taken_);
  std::erase_if(touched_, [&](const auto& entry) { return !open.contains(entry.first); });
  for (const auto& [table, ordinal] : open) {
    TouchedKeys& keys = touched_[table];
    keys.forget_up_to(ordinal);
    if (keys.byte_count() <= kTouchedBytesMax) continue;
    log_info("snapshot chunks are read again, too much was written meanwhile",
             {{"table", format_table(table)}});
    links_.board.rewind(table);
    keys.clear();
  }
}

// The head of a stream: the tables whose collections exist become known, and those that have to be
// copied are.
StepState AssembleStage::take_opening(const ReceivedReply& received) {
  const StreamOpening& opening = *received.opening;
  const Status fits = check_collections(opening);
  if (!fits.ok()) return fail(fits.error());
  for (const TableMapping* table : links_.tables.known())
    take_table(table, opening);
  for (SnapshotUpdate& update : links_.board.leave_unfed())
    pending_.push_back({nullptr, std::move(update)});
  links_.board.set_opened();
  has_opened_ = true;
  is_gap_ = opening.is_gap;
  end_ = {received.reply.end, received.pipeline_hash};
  is_tail_open_ = false;
  held_.note_passed(received.received_at, events_taken_);
  return StepState::ran;
}

void AssembleStage::take_table(const TableMapping* table, const StreamOpening& opening) {
  links_.board.add_table(table);
  const std::optional<SnapshotState> state = links_.board.state_of(*table);
  const bool exists = std::ranges::find(opening.collections, table->from, &CollectionInfo::ns) !=
                      opening.collections.end();
  const bool is_left =
      !exists && table->mode == MappingMode::mirror && table->on_drop == OnDrop::keep;
  if (state == SnapshotState::dropped && !exists) return;
  if (opening.is_gap && is_left && state) {
    planner_.note_left(table);
    set_state(table, SnapshotState::dropped);
    return;
  }
  planner_.note_settled(table);
  const bool is_new = !state && takes_snapshots_;
  const bool is_back = state == SnapshotState::dropped;
  if (opening.is_gap || is_new || is_back) set_state(table, SnapshotState::waiting);
}

// Makes the mappings of what a pattern matches. Views and time series have no change events of
// their own, so a table of one would stay as it is for ever.
Status AssembleStage::check_collections(const StreamOpening& opening) {
  const std::vector<Namespace> exact = links_.tables.scope().exact;
  for (const CollectionInfo& info : opening.collections) {
    const bool is_named = std::ranges::find(exact, info.ns) != exact.end();
    if (info.kind == CollectionKind::collection) {
      const auto routed = links_.tables.route(view_of(info.ns));
      if (!routed.ok()) return routed.error();
    } else if (is_named) {
      const bool is_view = info.kind == CollectionKind::view;
      return Error{ErrorKind::source_refused,
                   "replicate " + format_namespace(view_of(info.ns)) + ": it is a " +
                       (is_view ? "view" : "time series"),
                   is_view ? "name the collection that the view reads"
                           : "MongoDB has no change stream for time series: leave the table out"};
    }
  }
  return ok_status();
}

void AssembleStage::set_state(const TableMapping* table, SnapshotState state) {
  const SnapshotUpdate update = make_update(*table, state);
  links_.board.replace(*table, update);
  pending_.push_back({state == SnapshotState::waiting ? table : nullptr, update});
}

void AssembleStage::take_requests() {
  if (!has_opened_ || opening_) return;
  for (const TableMapping* table : links_.board.take_requests())
    set_state(table, SnapshotState::waiting);
}

void AssembleStage::take_chunk() {
  if (!chunk_) chunk_ = links_.chunks.try_pop();
  if (chunk_ && !links_.board.is_current(chunk_->claim)) drop_chunk();
}

void AssembleStage::drop_chunk() {
  links_.board.close(chunk_->claim);
  chunk_.reset();
}

// The stream has passed everything that the chunk can show, and all of it is taken: at `high`
// itself there may be more events as long as a reply ended by a limit.
bool AssembleStage::is_chunk_ready() const {
  if (!chunk_) return false;
  const ClusterTime time = end_.position.cluster_time;
  return time > chunk_->chunk.high || (time == chunk_->chunk.high && !is_tail_open_);
}

// Puts the newer mappings in the place of the old ones. False: there are none.
bool AssembleStage::grow() {
  for (auto& [table, columns] : maker_.take_needed())
    growth_.add(table, std::move(columns));
  const std::vector<TableGrowth::Replacement> replaced = growth_.take_replaced();
  for (const auto& [old, next] : replaced) {
    builder_.replace_table(old, next);
    planner_.replace_table(old, next);
    maker_.replace_table(old, next);
    links_.board.add_table(next);
  }
  return !replaced.empty();
}

StepState AssembleStage::read_columns(const TableMapping* table) {
  const Status read = growth_.is_unread(*table) ? growth_.read(table) : maker_.read(table);
  if (read.ok()) {
    target_retry_.on_success();
    grow();
    return StepState::ran;
  }
  links_.progress.count_target_error(read.error().message);
  if (links_.control.is_draining()) return finish();
  const std::optional<Clock::Duration> delay = target_retry_.on_error(read.error());
  if (!delay) return fail(read.error());
  retry_at_ = links_.clock.now() + *delay;
  return StepState::idle;
}

StepState AssembleStage::emit_chunk() {
  const SnapshotClaim& claim = chunk_->claim;
  const TableMapping* const table = growth_.current(claim.table);
  if (is_unread(*table)) return read_columns(table);
  const auto touched = touched_.find(claim.table->to);
  const bool is_log = claim.table->mode == MappingMode::append;
  std::optional<Batch> made = maker_.make_chunk(*chunk_, table, [&](std::string_view key) {
    return !is_log && touched != touched_.end() &&
           touched->second.is_touched_since(key, claim.ordinal);
  });
  if (!made) {
    grow();
    return StepState::ran;
  }
  Batch& batch = *made;
  if (links_.board.prefers_copy(claim)) batch.method = WriteMethod::copy;
  batch.snapshots.push_back(
      links_.board.emit(claim, chunk_->chunk.documents.size(), chunk_->next, chunk_->planned));
  drop_chunk();
  is_streams_turn_ = true;
  return hand_on(std::move(batch), 0);
}

StepState AssembleStage::emit() {
  std::size_t count = builder_.cut(tail());
  if (smaller_cut_) count = builder_.cut_below(*smaller_cut_);
  if (count > 0) return emit_writes(count);
  if (!builder_.is_empty()) {
    // A transaction whose end has not arrived. If it never will, it is read again after a restart.
    return links_.replies.is_finished() ? finish() : StepState::idle;
  }
  if (is_chunk_ready() && pending_.empty()) return emit_chunk();
  if (is_position_due()) return hand_on(Batch{}, 0);
  return links_.replies.is_finished() ? finish() : StepState::idle;
}

bool AssembleStage::is_position_due() const {
  if (!pending_.empty()) return true;
  if (held_.is_empty() || end_.position == emitted_) return false;
  return batch_count_ == 0 || links_.replies.is_finished() ||
         links_.clock.now() >= position_emitted_at_ + kPositionEvery;
}

StepState AssembleStage::emit_writes(std::size_t count) {
  const std::span<const PlannedWrite> writes = std::span(builder_.writes()).first(count);
  const auto refused = std::ranges::find(writes, Barrier::refused, &PlannedWrite::barrier);
  if (refused != writes.end()) {
    return fail({ErrorKind::collection_dropped,
                 "follow collection " + format_namespace(view_of(refused->table->from)) +
                     ": it was dropped, renamed or replaced, and its table says "
                     "on_drop = \"stop\"; cluster_time=" +
                     std::to_string(refused->cluster_time.seconds),
                 ""});
  }
  const auto unread = std::ranges::find_if(
      writes, [this](const PlannedWrite& write) { return is_unread(*write.table); });
  if (unread != writes.end()) return read_columns(unread->table);
  Result<std::optional<Batch>> made = maker_.make(writes);
  if (!made.ok()) {
    links_.progress.count_source_error(made.error().message);
    if (links_.control.is_draining()) return finish();
    const std::optional<Clock::Duration> delay = retry_.on_error(made.error());
    if (!delay) return fail(made.error());
    retry_at_ = links_.clock.now() + *delay;
    return StepState::idle;
  }
  retry_.on_success();
  if (!made.value()) {
    if (!grow()) smaller_cut_ = count / 2;
    return StepState::ran;
  }
  smaller_cut_.reset();
  is_streams_turn_ = false;
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
  add_pending(batch);
  growth_.put_actions(batch);
  batch.event_count = last_ordinal - events_emitted_;
  batch.sequence = ++batch_count_;
  // The first batch may end exactly where the stored position is.
  batch.moves_position = batch.sequence > 1 && batch.end.position != emitted_;
  batch.may_move_back = std::exchange(is_gap_, false);
  batch.oldest_received = held_.oldest_received().value_or(links_.clock.now());
  links_.progress.move_assembled(batch.event_count);
  emitted_ = batch.end.position;
  events_emitted_ = last_ordinal;
  position_emitted_at_ = links_.clock.now();
  builder_.take(count);
  held_.forget_up_to(last_ordinal);
  const std::size_t weight = batch.byte_count();
  if (links_.batches.try_push(batch, weight)) return StepState::ran;
  // The apply stage has ended meanwhile; only it takes batches out, so there is still room.
  CHECK(links_.batches.is_closed(), "room was asked for before the batch was made");
  return finish();
}

// What was decided about whole tables is stored with the position it was decided at.
void AssembleStage::add_pending(Batch& batch) {
  std::vector<SnapshotUpdate> updates;
  for (const Pending& pending : std::exchange(pending_, {})) {
    if (pending.table != nullptr) maker_.add_table(batch, growth_.current(pending.table));
    updates.push_back(pending.update);
  }
  batch.snapshots.insert(batch.snapshots.begin(), updates.begin(), updates.end());
}

StepState AssembleStage::fail(Error error) {
  failure_ = std::move(error);
  links_.replies.close();
  links_.chunks.close();
  links_.batches.close();
  return StepState::failed;
}

StepState AssembleStage::finish() {
  links_.replies.close();
  links_.chunks.close();
  links_.batches.close();
  return StepState::finished;
}

}  // namespace relay
