#include "pipeline/apply_stage.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "core/error_policy.h"
#include "core/failpoint.h"
#include "observe/log.h"
#include "plan/fill_statement.h"

namespace relay {
namespace {

// The state file follows the target's own position at this distance: it is a copy for `status` and
// for targets that were replaced, not what a restart relies on.
constexpr std::chrono::seconds kSaveEvery{1};

// Where a document is refused, others follow. A batch that is searched at once saves the attempt
// that a refusal undoes, half of the work; a search that finds nothing costs a tenth (measured).
// So many batches without a refused row end the suspicion.
constexpr std::uint32_t kSuspectedBatches = 8;

void log_finished(std::span<const SnapshotUpdate> updates) {
  for (const SnapshotUpdate& update : updates) {
    if (!update.replaces_all || update.parts.empty()) continue;
    const SnapshotPart& all = update.parts.front();
    if (all.state == SnapshotState::done)
      log_info("snapshot finished", {{"table", update.table}, {"documents", all.rows_done}});
  }
}

// Rows that were written before may have the field in their JSON column.
void log_new_columns(const TableAction& action, TargetKind target) {
  if (action.kind != TableAction::Kind::add_column) return;
  const bool is_crate = target == TargetKind::cratedb;
  for (const ColumnMapping& column :
       std::span(action.table->columns).subspan(action.before->columns.size())) {
    const std::string table = format_table(action.table->to);
    log_info(
        is_crate ? "column added, the command fills it for earlier rows"
                 : "column added, the statement fills it for earlier rows",
        {{"table", table},
         {"column", column.name},
         {"type", format_column_type(column.type)},
         {"fill", is_crate ? "relay snapshot " + table : fill_statement(*action.table, column)}});
  }
}

}  // namespace

ApplyStage::ApplyStage(Links links, Options options)
    : links_(links),
      options_(std::move(options)),
      retry_("target", options_.patience, 3, links.clock) {}

StepState ApplyStage::step() {
  if (failure_) return StepState::failed;
  if (links_.control.is_stopping()) return finish();
  if (links_.clock.now() < retry_at_) {
    // Nobody waits for a target that is down once a stop was asked for: what is not applied will be
    // read again.
    return links_.control.is_draining() ? finish() : StepState::idle;
  }
  if (!is_open_) return links_.control.is_draining() && !has_begun_ ? finish() : open_target();
  if (!batch_ && !links_.control.is_paused()) {
    batch_ = links_.batches.try_pop();
    apply_began_at_ = links_.clock.now();
  }
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
  if (std::exchange(is_standby_, false)) {
    links_.progress.set_standby(false);
    log_info("lease taken, this relay leads the stream", {{"stream", options_.stream}});
  }
  renew_at_ = links_.clock.now() + options_.lease / 3;
  const std::optional<Checkpoint>& in_target = opened.value();
  if (!has_begun_) {
    const Status begun = begin(in_target);
    if (!begun.ok()) return on_error(begun.error());
    has_begun_ = true;
  }
  // With a batch in hand it is not over: the target may take connections and refuse the batch.
  if (!batch_) retry_.on_success();
  if (batch_ && batch_->moves_position && in_target && *in_target == batch_->end) {
    retry_.on_success();
    log_info("batch in doubt was committed",
             {{"cluster_time", batch_->end.position.cluster_time.seconds},
              {"rows", batch_->row_count()}});
    return after_applied();
  }
  return StepState::ran;
}

// Once: the tables that are known, and where reading starts.
Status ApplyStage::begin(const std::optional<Checkpoint>& in_target) {
  // Before the tables are made: one that is gone is to be copied again.
  Result<std::vector<SnapshotPart>> parts = links_.sink.load_snapshots();
  if (!parts.ok()) return parts.error();
  for (const TableMapping* table : options_.tables) {
    const Status prepared = prepare_table(table);
    if (!prepared.ok()) return prepared;
  }
  if (const Status letters = check_letters(); !letters.ok()) return letters;
  Result<std::optional<Checkpoint>> in_file = links_.store.load(options_.stream);
  if (!in_file.ok()) return in_file.error();
  if (in_target && in_file.value() != in_target) {
    const Status replaced = links_.store.replace(options_.stream, *in_target);
    if (!replaced.ok()) return replaced;
  }
  ChosenStart chosen = choose_start(in_target, in_file.value(), options_.start);
  // The file's position is of a target that is gone: what begins now may lie before it.
  may_save_back_ = !in_target && !std::holds_alternative<StartAfter>(chosen.point);
  log_info("start position chosen", {{"stream", options_.stream}, {"reason", chosen.reason}});
  links_.board.load(parts.value());
  CHECK(links_.start.try_push(chosen.point, 1), "the start is chosen once");
  return ok_status();
}

Status ApplyStage::prepare_table(const TableMapping* table) {
  if (prepared_.contains(table)) return ok_status();
  Status prepared = links_.sink.prepare(*table);
  if (prepared.ok()) prepared_.insert(table);
  return prepared;
}

Status ApplyStage::prepare_tables() {
  // A mapping whose columns the batch itself adds does not fit its table yet.
  std::set<const TableMapping*> growing;
  for (const TableAction& action : batch_->actions) {
    if (action.kind != TableAction::Kind::add_column) continue;
    growing.insert(action.table);
    if (const Status prepared = prepare_table(action.before); !prepared.ok()) return prepared;
  }
  const auto prepare = [&](const TableMapping* table) {
    return growing.contains(table) ? ok_status() : prepare_table(table);
  };
  for (const TableAction& action : batch_->actions) {
    if (const Status prepared = prepare(action.table); !prepared.ok()) return prepared;
  }
  for (const TableRows& rows : batch_->tables) {
    if (const Status prepared = prepare(rows.table); !prepared.ok()) return prepared;
  }
  return ok_status();
}

bool ApplyStage::is_refusal(const Status& status) {
  return !status.ok() && policy_for(status.error().kind).action == Action::isolate_row;
}

// A batch for COPY is left alone: its search would write it by upsert.
Status ApplyStage::search_suspect() {
  if (suspected_batches_ == 0 || batch_->method == WriteMethod::copy) return ok_status();
  const std::size_t letters = batch_->dead_letters.size();
  const Status searched = links_.sink.isolate(*batch_, Grounds::suspected);
  --suspected_batches_;
  if (batch_->dead_letters.size() > letters) suspected_batches_ = kSuspectedBatches;
  return searched;
}

Status ApplyStage::apply_rows() {
  Status applied = search_suspect();
  if (!applied.ok()) return applied;
  applied = links_.sink.apply(*batch_);
  if (is_refusal(applied) && batch_->method == WriteMethod::copy) {
    // The stream has written some of the keys already.
    for (const SnapshotUpdate& update : batch_->snapshots)
      links_.board.note_copy_refused(update);
    batch_->method = WriteMethod::upsert;
    applied = links_.sink.apply(*batch_);
  }
  if (!is_refusal(applied)) return applied;
  log_warn("target refuses a row, looking for it",
           {{"error", applied.error().message}, {"rows", batch_->row_count()}});
  suspected_batches_ = kSuspectedBatches;
  applied = links_.sink.isolate(*batch_, Grounds::refused);
  return applied.ok() ? links_.sink.apply(*batch_) : applied;
}

StepState ApplyStage::apply_batch() {
  Status applied = prepare_tables();
  if (applied.ok()) applied = apply_rows();
  if (!applied.ok()) return on_error(applied.error());
  retry_.on_success();
  renew_at_ = links_.clock.now() + options_.lease / 3;
  for (const TableAction& action : batch_->actions)
    prepared_.insert(action.table);
  return after_applied();
}

// More open letters than the user puts up with: something is wrong with the table or its mapping.
Status ApplyStage::check_letters() {
  const std::uint64_t open = links_.sink.open_dead_letters();
  if (open <= options_.dead_letters_max) return ok_status();
  std::string message = "follow the stream: " + std::to_string(open) +
                        " open dead letters, dead_letter.limit is " +
                        std::to_string(options_.dead_letters_max);
  if (batch_ && !batch_->dead_letters.empty()) {
    const DeadLetter& last = batch_->dead_letters.back();
    message +=
        "; the last one is of table " + format_table(last.table->to) + ", reason " + last.reason;
  }
  return Error{
      ErrorKind::check_failed,
      std::move(message),
      "relay dead-letter list shows them; retry or discard them, or raise dead_letter.limit"};
}

StepState ApplyStage::after_applied() {
  AppliedBatch done;
  done.end = batch_->end.position;
  done.may_move_back = batch_->may_move_back;
  done.event_count = batch_->event_count;
  done.dead_letters = batch_->dead_letters.size();
  for (const TableRows& rows : batch_->tables) {
    done.upserts += rows.upserts.row_count();
    done.deletes += rows.removals.row_count();
    TableCounts& table = done.tables[format_table(rows.table->to)];
    table.upserts += rows.upserts.row_count();
    table.deletes += rows.removals.row_count();
  }
  done.apply_seconds = std::chrono::duration<double>(links_.clock.now() - apply_began_at_).count();
  done.lag_seconds =
      std::chrono::duration<double>(links_.clock.now() - batch_->oldest_received).count();
  for (const DeadLetter& letter : batch_->dead_letters) {
    ++done.tables[format_table(letter.table->to)].dead_letters[letter.reason];
    log_warn("document became a dead letter",
             {{"table", format_table(letter.table->to)}, {"reason", letter.reason}});
  }
  for (const TableAction& action : batch_->actions)
    log_new_columns(action, links_.sink.target());
  links_.progress.move_applied(done);
  links_.board.on_applied(batch_->snapshots);
  log_finished(batch_->snapshots);
  unsaved_ = batch_->end;
  may_save_back_ = may_save_back_ || batch_->may_move_back;
  const Status letters = batch_->dead_letters.empty() ? ok_status() : check_letters();
  batch_.reset();
  if (!letters.ok()) return on_error(letters.error());
  if (links_.clock.now() >= save_at_) {
    const Status saved = save_position();
    if (!saved.ok()) return on_error(saved.error());
  }
  return StepState::ran;
}

Status ApplyStage::save_position() {
  Status saved = may_save_back_ ? links_.store.replace(options_.stream, *unsaved_)
                                : links_.store.save(options_.stream, *unsaved_);
  if (!saved.ok()) return saved;
  may_save_back_ = false;
  links_.progress.move_stored(unsaved_->position, links_.clock.now());
  unsaved_.reset();
  save_at_ = links_.clock.now() + kSaveEvery;
  return saved;
}

StepState ApplyStage::on_error(Error error) {
  is_open_ = false;
  links_.progress.set_target_connected(false);
  is_standby_ =
      error.kind == ErrorKind::lease_held && options_.patience.waits_as_standby && !has_begun_;
  links_.progress.set_standby(is_standby_);
  if (!is_standby_) links_.progress.count_target_error(error.message);
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
  pass(Failpoint::stop_draining);
  links_.start.close();
  links_.batches.close();
  if (unsaved_) {
    const Status saved = save_position();
    if (!saved.ok())
      log_warn("position not copied to the state file", {{"error", saved.error().message}});
  }
  pass(Failpoint::stop_saved);
  if (batch_)
    log_info("stopped with a batch not applied, it will be read again",
             {{"rows", batch_->row_count()}});
  pass(Failpoint::stop_release_before);
  if (is_open_) links_.sink.release();
  pass(Failpoint::stop_release_after);
  is_open_ = false;
  links_.progress.set_target_connected(false);
  return StepState::finished;
}

}  // namespace relay
