#include "pipeline/read_stage.h"

#include <utility>

#include "core/error_policy.h"
#include "observe/log.h"

namespace relay {
namespace {

// Seeds only spread the back-off of several relays; any value does.
std::uint64_t seed_from(Clock& clock) {
  return static_cast<std::uint64_t>(clock.wall_now().time_since_epoch().count());
}

}  // namespace

ReadStage::ReadStage(Links links, RunMode mode, Patience patience)
    : links_(links), mode_(mode), retry_("source", patience, seed_from(links.clock), links.clock) {}

StepState ReadStage::step() {
  if (failure_) return StepState::failed;
  // A closed queue: the assembling stage has ended, for whatever reason.
  if (links_.control.is_stopping() || links_.replies.is_closed()) return finish();
  if (pending_) return hand_on();
  if (links_.control.is_draining() || is_last_reply_) return finish();
  if (links_.clock.now() < retry_at_) return StepState::idle;
  if (!start_) {
    start_ = links_.start.try_pop();
    if (!start_) return links_.start.is_finished() ? finish() : StepState::idle;
  }
  return is_open_ ? read_reply() : open_stream();
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
  if (mode_ == RunMode::once && !once_until_) {
    Result<ClusterTime> now = links_.source.current_time();
    if (!now.ok()) return on_error(now.error());
    once_until_ = now.value();
  }
  Result<Position> opened = links_.source.open(*start_);
  if (!opened.ok()) return on_error(opened.error());
  retry_.on_success();
  is_open_ = true;
  links_.progress.set_source_connected(true);
  log_info(
      "stream opened",
      {{"position", opened.value().token}, {"cluster_time", opened.value().cluster_time.seconds}});
  if (!was_open_) {
    // The opening position travels as an empty reply: once it is stored, a crash before the first
    // event no longer changes where this relay begins.
    was_open_ = true;
    // The server's own word for where it stands is coarser than the event token we came with.
    const auto* after = std::get_if<StartAfter>(&*start_);
    const bool is_exact = after != nullptr && !after->checkpoint.position.token.empty() &&
                          after->checkpoint.pipeline_hash == links_.source.pipeline_hash();
    position_ = is_exact ? after->checkpoint.position : opened.value();
    pending_ = ReceivedReply{.reply = {},
                             .pipeline_hash = links_.source.pipeline_hash(),
                             .received_at = links_.clock.now()};
    pending_->reply.end = position_;
    links_.progress.move_received(position_, 0, false);
  }
  start_ = StartAfter{{position_, links_.source.pipeline_hash()}};
  return StepState::ran;
}

StepState ReadStage::read_reply() {
  Result<Reply> next = links_.source.next();
  if (!next.ok()) return on_error(next.error());
  retry_.on_success();
  Reply& reply = next.value();
  if (reply.event_count > 0) was_reopened_at_time_ = false;
  position_ = reply.end;
  is_open_ = !reply.is_last;
  start_ = StartAfter{{position_, links_.source.pipeline_hash()}};
  // A reply that a limit has ended may stand in the middle of events of its cluster time.
  is_last_reply_ = once_until_ && !reply.is_full && position_.cluster_time >= *once_until_;
  links_.progress.move_received(position_, reply.event_count, reply.is_full);
  pending_ = ReceivedReply{std::move(reply), links_.source.pipeline_hash(), links_.clock.now()};
  return StepState::ran;
}

StepState ReadStage::on_error(Error error) {
  is_open_ = false;
  links_.progress.set_source_connected(false);
  if (links_.control.is_draining()) return finish();
  links_.progress.count_source_error();
  if (policy_for(error.kind).action == Action::reopen_at_time) {
    if (was_reopened_at_time_) {
      error.kind = ErrorKind::position_lost;
    } else {
      was_reopened_at_time_ = true;
      const auto* after = std::get_if<StartAfter>(&*start_);
      const ClusterTime time = was_open_ || after == nullptr
                                   ? position_.cluster_time
                                   : after->checkpoint.position.cluster_time;
      start_ = StartAtTime{time};
    }
  }
  const std::optional<Clock::Duration> delay = retry_.on_error(error);
  if (!delay) {
    failure_ = std::move(error);
    links_.replies.close();
    return StepState::failed;
  }
  retry_at_ = links_.clock.now() + *delay;
  return StepState::idle;
}

}  // namespace relay
