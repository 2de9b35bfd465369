#include "pipeline/read_stage.h"

#include <algorithm>
#include <utility>

#include "core/error_policy.h"
#include "decode/event_decoder.h"
#include "observe/log.h"

namespace relay {
namespace {

// While chunks of a snapshot wait for the stream to pass them, an idle source is asked this often
// where it stands: a chunk must not wait for a read that waits for changes. Nor must the end of
// `once`.
constexpr std::chrono::milliseconds kAwaitWhileCopying{10};

// A source that loses positions faster than they can be read does so again at once.
constexpr std::chrono::seconds kRepairPause{1};

// Its key is content, and stays out of the log. What cannot be decoded is the next stage's trouble.
void log_large_event(const Reply& reply) {
  EventWalker walker(reply.events);
  const Result<std::optional<RawDocument>> first = walker.next();
  if (!first.ok() || !first.value()) return;
  const Result<ChangeEvent> event = decode_event(*first.value());
  if (!event.ok()) return;
  log_warn("an event is too large for the source to send, its document is looked up",
           {{"namespace", format_namespace(event.value().ns)},
            {"operation", event.value().operation_name},
            {"cluster_time", event.value().cluster_time.seconds}});
}

}  // namespace

ReadStage::ReadStage(Links links, Options options)
    : links_(links), options_(options), retry_("source", options.patience, 1, links.clock) {}

StepState ReadStage::step() {
  if (failure_) return StepState::failed;
  // A closed queue: the assembling stage has ended, for whatever reason.
  if (links_.control.is_stopping() || links_.replies.is_closed()) return finish();
  if (pending_) return hand_on();
  if (links_.control.is_draining() || is_over()) return finish();
  if (links_.clock.now() < retry_at_) return StepState::idle;
  if (!start_) {
    start_ = links_.start.try_pop();
    if (!start_) return links_.start.is_finished() ? finish() : StepState::idle;
  }
  return is_open_ ? read_reply() : open_stream();
}

// `once`: everything up to the end is applied, and nothing of it asked for a copy that is not done.
// In this order: what is applied has told the board which tables to copy (again).
bool ReadStage::is_over() const {
  if (!once_end_) return false;
  const Position applied = links_.progress.snapshot().applied;
  const bool is_applied = applied == *once_end_ || applied.cluster_time > once_end_->cluster_time;
  return is_applied && links_.board.is_idle();
}

StepState ReadStage::hand_on() {
  const std::size_t weight = pending_->reply.buffer.view().size();
  if (!links_.replies.try_push(*pending_, weight)) return StepState::idle;
  pending_.reset();
  return StepState::ran;
}

StepState ReadStage::finish() {
  links_.replies.close();
  links_.progress.set_source_connected(false);
  return StepState::finished;
}

StepState ReadStage::open_stream() {
  if (options_.mode == RunMode::once && !once_until_) {
    Result<ClusterTime> now = links_.source.current_time();
    if (!now.ok()) return on_error(now.error());
    once_until_ = now.value();
  }
  links_.source.set_form(walk_.form());
  Result<Position> opened = links_.source.open(*start_);
  if (!opened.ok()) return on_error(opened.error());
  if (walk_.form() == ReplyForm::many) {
    // Not the token: it has the key of a document in it.
    log_info("stream opened", {{"cluster_time", opened.value().cluster_time.seconds}});
  }
  if (!has_begun_ || is_gap_) {
    const Status begun = begin_stream(opened.value());
    if (!begun.ok()) return on_error(begun.error());
  }
  retry_.on_success();
  is_open_ = true;
  links_.progress.set_source_connected(true);
  start_ = StartAfter{{position_, links_.source.pipeline_hash()}};
  return StepState::ran;
}

// The opening position travels as an empty reply: once it is stored, a crash before the first event
// no longer changes where this relay begins. What exists is asked for after the position is known:
// a collection that is made later is in the stream.
Status ReadStage::begin_stream(const Position& opened) {
  Result<std::vector<CollectionInfo>> collections = links_.source.list_collections();
  if (!collections.ok()) return collections.error();
  // The server's own word for where it stands is coarser than the event token we came with.
  const auto* after = std::get_if<StartAfter>(&*start_);
  const bool is_exact = after != nullptr && !after->checkpoint.position.token.empty() &&
                        after->checkpoint.pipeline_hash == links_.source.pipeline_hash();
  position_ = is_exact ? after->checkpoint.position : opened;
  pending_ = ReceivedReply{.reply = {},
                           .pipeline_hash = links_.source.pipeline_hash(),
                           .received_at = links_.clock.now(),
                           .opening = StreamOpening{std::move(collections.value()), is_gap_}};
  pending_->reply.end = position_;
  links_.progress.move_received(position_, 0, false);
  has_begun_ = true;
  once_end_.reset();
  is_gap_ = false;
  return ok_status();
}

StepState ReadStage::read_reply() {
  const bool is_awaited = once_end_ || !links_.board.is_idle();
  links_.source.set_await(is_awaited ? std::min(options_.await, kAwaitWhileCopying)
                                     : options_.await);
  Result<Reply> next = links_.source.next();
  if (!next.ok()) return on_error(next.error());
  retry_.on_success();
  Reply& reply = next.value();
  if (reply.event_count > 0) was_reopened_at_time_ = false;
  is_open_ = !reply.is_last;
  take_form(reply);
  position_ = reply.end;
  start_ = StartAfter{{position_, links_.source.pipeline_hash()}};
  // A reply that a limit has ended may stand in the middle of events of its cluster time.
  if (once_until_ && !once_end_ && !reply.is_full && position_.cluster_time >= *once_until_)
    once_end_ = position_;
  links_.progress.move_received(position_, reply.event_count, reply.is_full);
  pending_ = ReceivedReply{.reply = std::move(reply),
                           .pipeline_hash = links_.source.pipeline_hash(),
                           .received_at = links_.clock.now(),
                           .opening = std::nullopt};
  return StepState::ran;
}

// Whether the stream goes on in another form. Before the position moves.
void ReadStage::take_form(const Reply& reply) {
  if (walk_.form() == ReplyForm::bare && reply.event_count > 0) {
    links_.progress.count_large_event();
    log_large_event(reply);
  }
  const auto move =
      reply.end == position_ ? LargeEventWalk::Move::stays : LargeEventWalk::Move::moves;
  if (walk_.on_reply(reply.event_count, move)) is_open_ = false;
}

StepState ReadStage::on_error(Error error) {
  is_open_ = false;
  const bool is_passable =
      policy_for(error.kind).action == Action::leave_out && walk_.on_too_large();
  if (is_passable && !links_.control.is_draining()) return StepState::ran;
  links_.progress.set_source_connected(false);
  if (links_.control.is_draining()) return finish();
  links_.progress.count_source_error(error.message);
  if (policy_for(error.kind).action == Action::reopen_at_time) {
    if (was_reopened_at_time_) {
      error.kind = ErrorKind::position_lost;
    } else {
      was_reopened_at_time_ = true;
      const auto* after = std::get_if<StartAfter>(&*start_);
      const ClusterTime time = has_begun_ || after == nullptr
                                   ? position_.cluster_time
                                   : after->checkpoint.position.cluster_time;
      start_ = StartAtTime{time};
    }
  }
  if (policy_for(error.kind).action == Action::resnapshot) {
    if (options_.on_position_lost == PositionLost::stop) return fail(std::move(error));
    log_warn("position lost, every table of the stream is copied again from now on",
             {{"error", error.message}, {"cluster_time", position_.cluster_time.seconds}});
    start_ = StartNow{};
    walk_ = {};
    is_gap_ = true;
    was_reopened_at_time_ = false;
    retry_at_ = links_.clock.now() + kRepairPause;
    return StepState::idle;
  }
  const std::optional<Clock::Duration> delay = retry_.on_error(error);
  if (!delay) return fail(std::move(error));
  retry_at_ = links_.clock.now() + *delay;
  return StepState::idle;
}

StepState ReadStage::fail(Error error) {
  failure_ = std::move(error);
  links_.replies.close();
  return StepState::failed;
}

}  // namespace relay
