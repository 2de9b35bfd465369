#include "pipeline/apply_stage.h"

#include <algorithm>
#include <utility>

#include "core/error_policy.h"
#include "observe/log.h"

namespace relay {
namespace {

// The state file follows the target's own position at this distance: it is a copy for `status` and
// for targets that were replaced, not what a restart relies on.
constexpr std::chrono::seconds kSaveEvery{1};

std::uint64_t seed_from(Clock& clock) {
  return static_cast<std::uint64_t>(clock.wall_now().time_since_epoch().count()) * 3;
}

}  // namespace

ApplyStage::ApplyStage(Links links, Options options)
    : links_(links),
      options_(std::move(options)),
      retry_("target", options_.patience, seed_from(links.clock), links.clock) {}

StepState ApplyStage::step() {
  if (failure_) return StepState::failed;
  if (links_.control.is_stopping()) return finish();
  if (links_.clock.now() < retry_at_) {
    // Nobody waits for a target that is down once a stop was asked for: what is not applied will be
    // read again.
    return links_.control.is_draining() ? finish() : StepState::idle;
  }
  if (!is_open_) return links_.control.is_draining() && !has_begun_ ? finish() : open_target();
  if (!batch_) batch_ = links_.batches.try_pop();
  return batch_ ? apply_batch() : wait_for_batch();
}

Clock::TimePoint ApplyStage::wake_at() const {
  if (!is_open_) return retry_at_;
  return unsaved_ ? std::min(renew_at_, save_at_) : renew_at_;
}

StepState ApplyStage::wait_for_batch() {
  if (links_.batches.is_finished()) return finish();
  const Clock::TimePoint now = links_.clock.now();
  if (unsaved_ && now >= save_at_) {
    const Status saved = save_position();
    if (!saved.ok()) return on_error(saved.error());
  }
  if (now < renew_at_) return StepState::idle;
  const Status renewed = links_.sink.renew();
  if (!renewed.ok()) return on_error(renewed.error());
  renew_at_ = links_.clock.now() + options_.lease / 3;
  return StepState::ran;
}

StepState ApplyStage::open_target() {
  Result<std::optional<Checkpoint>> opened = links_.sink.open();
  if (!opened.ok()) return on_error(opened.error());
  is_open_ = true;
  links_.progress.set_target_connected(true);
  renew_at_ = links_.clock.now() + options_.lease / 3;
  const std::optional<Checkpoint>& in_target = opened.value();
  if (!has_begun_) {
    const Status begun = begin(in_target);
    if (!begun.ok()) return on_error(begun.error());
    has_begun_ = true;
  }
  retry_.on_success();
  if (batch_ && in_target && *in_target == batch_->end) {
    log_info("batch in doubt was committed",
             {{"position", batch_->end.position.token}, {"rows", batch_->row_count()}});
    return after_applied();
  }
  return StepState::ran;
}

// Once: the tables that are known, and where reading starts.
Status ApplyStage::begin(const std::optional<Checkpoint>& in_target) {
  for (const TableMapping* table : options_.tables) {
    const Status prepared = links_.sink.prepare(*table);
    if (!prepared.ok()) return prepared;
    prepared_.insert(table);
  }
  Result<std::optional<Checkpoint>> in_file = links_.store.load(options_.stream);
  if (!in_file.ok()) return in_file.error();
  if (in_target && in_file.value() != in_target) {
    const Status replaced = links_.store.replace(options_.stream, *in_target);
    if (!replaced.ok()) return replaced;
  }
  ChosenStart chosen = choose_start(in_target, in_file.value(), options_.start);
  log_info("start position chosen", {{"stream", options_.stream}, {"reason", chosen.reason}});
  CHECK(links_.start.try_push(chosen.point, 1), "the start is chosen once");
  return ok_status();
}

Status ApplyStage::prepare_tables() {
  for (const TableRows& rows : batch_->tables) {
    if (prepared_.contains(rows.table)) continue;
    const Status prepared = links_.sink.prepare(*rows.table);
    if (!prepared.ok()) return prepared;
    prepared_.insert(rows.table);
  }
  return ok_status();
}

StepState ApplyStage::apply_batch() {
  Status applied = prepare_tables();
  if (applied.ok()) applied = links_.sink.apply(*batch_);
  if (!applied.ok() && policy_for(applied.error().kind).action == Action::isolate_row) {
    log_warn("target refuses a row, looking for it",
             {{"error", applied.error().message}, {"rows", batch_->row_count()}});
    applied = links_.sink.isolate(*batch_);
    if (applied.ok()) applied = links_.sink.apply(*batch_);
  }
  if (!applied.ok()) return on_error(applied.error());
  retry_.on_success();
  renew_at_ = links_.clock.now() + options_.lease / 3;
  return after_applied();
}

StepState ApplyStage::after_applied() {
  AppliedBatch done;
  done.end = batch_->end.position;
  done.event_count = batch_->event_count;
  done.dead_letters = batch_->dead_letters.size();
  for (const TableRows& rows : batch_->tables) {
    done.upserts += rows.upserts.row_count();
    done.deletes += rows.removals.row_count();
  }
  done.lag_seconds =
      std::chrono::duration<double>(links_.clock.now() - batch_->oldest_received).count();
  for (const DeadLetter& letter : batch_->dead_letters) {
    log_warn("document became a dead letter",
             {{"table", format_table(letter.table->to)},
              {"reason", letter.reason},
              {"position", letter.position}});
  }
  links_.progress.move_applied(done);
  unsaved_ = batch_->end;
  batch_.reset();
  if (links_.clock.now() >= save_at_) {
    const Status saved = save_position();
    if (!saved.ok()) return on_error(saved.error());
  }
  return StepState::ran;
}

Status ApplyStage::save_position() {
  Status saved = links_.store.save(options_.stream, *unsaved_);
  if (!saved.ok()) return saved;
  links_.progress.move_stored(unsaved_->position);
  unsaved_.reset();
  save_at_ = links_.clock.now() + kSaveEvery;
  return saved;
}

StepState ApplyStage::on_error(Error error) {
  is_open_ = false;
  links_.progress.set_target_connected(false);
  links_.progress.count_target_error();
  const std::optional<Clock::Duration> delay = retry_.on_error(error);
  if (!delay) {
    failure_ = std::move(error);
    links_.start.close();
    links_.batches.close();
    return StepState::failed;
  }
  retry_at_ = links_.clock.now() + *delay;
  return StepState::idle;
}

StepState ApplyStage::finish() {
  links_.start.close();
  links_.batches.close();
  if (unsaved_) {
    const Status saved = save_position();
    if (!saved.ok())
      log_warn("position not copied to the state file", {{"error", saved.error().message}});
  }
  if (batch_)
    log_info("stopped with a batch not applied, it will be read again",
             {{"rows", batch_->row_count()}});
  if (is_open_) links_.sink.release();
  is_open_ = false;
  links_.progress.set_target_connected(false);
  return StepState::finished;
}

}  // namespace relay
