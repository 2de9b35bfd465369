#include "support/sim_world.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/check.h"
#include "observe/log.h"
#include "support/sim_trace.h"

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array kCollections = {"orders", "users"};

// The process dies where this is thrown.
struct Crash {};

// The one in JSON alone, the other in columns that are added as its fields appear.
TableMap make_tables(OnDrop users_on_drop) {
  Result<TableMap> made = TableMap::make(
      {{.from = "shop.orders", .to = ""},
       {.from = "shop.users", .to = "", .evolve = Evolve::add, .on_drop = users_on_drop}});
  CHECK(made.ok(), "the rules of the simulation are valid");
  return std::move(made.value());
}

}  // namespace

SimWorld::Relay::Relay(SimWorld& world, std::string owner_name, const PipelineOptions& given)
    : owner(std::move(owner_name)),
      options(given),
      tables(make_tables(world.users_on_drop)),
      source(world.oplog, world.random),
      sink(world.target, owner, world.random, world.clock),
      stages({.source = source,
              .sink = sink,
              .store = world.store_of(owner),
              .clock = world.clock,
              .tables = tables},
             options) {
  source.fault_every = world.source_fault_every;
  source.splits_large_events = world.splits_large_events;
  source.early_every = world.faults.early_every;
  source.forget_every = world.faults.forget_every;
  sink.fault_every = world.target_fault_every;
  sink.opened_now_at = [this] { return source.opened_now_at; };
  source.while_reading = [&world] {
    if (world.is_busy && world.random.one_in(3)) world.write();
  };
}

SimWorld::SimWorld(std::uint64_t seed) : random(seed), judge_(oplog, target) {
  target.on_commit = [this](const Batch& batch) {
    if (is_traced) trace(format_commit(batch));
    judge_.see_commit(batch);
  };
  store.on_write = [this](const Checkpoint& saved) { judge_.see_save("a", saved); };
  rival_store.on_write = [this](const Checkpoint& saved) { judge_.see_save("rival", saved); };
}

std::string SimWorld::difference() const {
  return judge_.difference(users_on_drop == OnDrop::truncate ? "users" : "");
}

void SimWorld::trace(const std::string& line) const {
  if (is_traced) log_info("simulation", {{"what", line}, {"event", oplog.events().size()}});
}

void SimWorld::start(const PipelineOptions& options, const std::string& owner) {
  bury(relay_);
  trace("start " + owner);
  relay_ = std::make_unique<Relay>(*this, owner, options);
  watch(*relay_);
}

void SimWorld::start_rival(const PipelineOptions& options) {
  bury(rival_);
  trace("start rival");
  has_had_rival_ = true;
  rival_ = std::make_unique<Relay>(*this, "rival", options);
  watch(*rival_);
}

void SimWorld::watch(Relay& relay) {
  relay.source.watch = [&](CallEdge edge) { return meet(relay, Side::source, edge); };
  relay.sink.watch = [&](CallEdge edge) { return meet(relay, Side::target, edge); };
  store_of(relay.owner).watch = [&](CallEdge edge) { return meet(relay, Side::store, edge); };
}

// What happens at this edge of a call.
CallTrouble SimWorld::meet(Relay& relay, Side side, CallEdge edge) {
  if (random.one_in(faults.crash_every)) throw Crash{};
  if (random.one_in(faults.slow_every)) clock.advance(milliseconds(random.below(7'000)));
  const auto at = static_cast<std::size_t>(side);
  if (side != Side::store && random.one_in(faults.outage_every))
    down_until_[at] = clock.now() + milliseconds(random.below(20'000));
  if (clock.now() < down_until_[at]) return CallTrouble::cut;
  const std::array every = {faults.source_every, faults.target_every, faults.store_every};
  if (!random.one_in(every[at])) return CallTrouble::none;
  if (side == Side::store) {
    relay.met.insert(ErrorKind::store_failed);
    return CallTrouble::cut;
  }
  if (edge != CallEdge::before || !random.one_in(8)) return CallTrouble::cut;
  if (random.one_in(2)) {
    relay.met.insert({ErrorKind::source_unknown, ErrorKind::sink_unknown});
    return CallTrouble::unknown;
  }
  relay.met.insert({ErrorKind::source_refused, ErrorKind::sink_refused});
  return CallTrouble::refused;
}

void SimWorld::bury(std::unique_ptr<Relay>& relay) {
  if (!relay) return;
  trace("end of " + relay->owner);
  store_of(relay->owner).watch = nullptr;
  if (target.late) {
    buried_.push_back(std::move(relay));
  } else {
    buried_.clear();
  }
  relay.reset();
}

void SimWorld::collect_ended() {
  collect(relay_);
  collect(rival_);
}

void SimWorld::collect(std::unique_ptr<Relay>& relay) {
  if (!relay) return;
  if (const std::optional<Error> failure = relay->stages.failure()) {
    if (has_had_rival_) relay->met.insert({ErrorKind::lease_lost, ErrorKind::lease_held});
    const bool is_backwards = failure->message.find("backwards") != std::string::npos;
    if (!relay->met.contains(failure->kind) || is_backwards)
      judge_.complain("failed: " + failure->message);
    return bury(relay);
  }
  if (!relay->has_ended()) return;
  if (!relay->stages.control.is_draining()) judge_.complain("a relay has ended without a reason");
  bury(relay);
}

StepState SimWorld::step_stage(Relay& relay, std::size_t stage) {
  StageSet& stages = relay.stages;
  if (stage == 0) return stages.read.step();
  if (stage == 1) return stages.assemble.step();
  if (stage == 2) return stages.apply.step();
  return stages.snapshots[stage - 3].step();
}

bool SimWorld::step_of(Relay& relay) {
  const std::size_t count = 3 + relay.stages.snapshots.size();
  const std::size_t first = random.below(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t stage = (first + i) % count;
    if (relay.ended_stages.contains(stage)) continue;
    const StepState state = step_stage(relay, stage);
    if (state == StepState::finished || state == StepState::failed)
      relay.ended_stages.insert(stage);
    if (state == StepState::ran) return true;
  }
  return false;
}

bool SimWorld::step() {
  if (target.late && random.one_in(4)) target.finish_late(clock.now());
  std::unique_ptr<Relay>& chosen = rival_ && (!relay_ || random.one_in(2)) ? rival_ : relay_;
  if (!chosen || clock.now() < chosen->stalled_until) return false;
  try {
    const bool has_run = step_of(*chosen);
    check_queues(*chosen);
    return has_run;
  } catch (const Crash&) {
    bury(chosen);
    return true;
  }
}

// docs/guarantees.md: queues exceed their limits by one item at most.
void SimWorld::check_queues(Relay& relay) {
  StageSet& stages = relay.stages;
  const std::size_t replies_max = relay.options.reply_bytes_max + relay.source.reply_bytes_largest;
  if (stages.replies.weight() > replies_max + 64) judge_.complain("too many replies wait");
  const std::size_t chunk_max = relay.options.snapshot.chunk_bytes + 1'000;
  if (stages.chunks.weight() > 2 * chunk_max) judge_.complain("too many chunks wait");
  if (stages.batches.size() > 1) judge_.complain("more than one batch waits");
}

void SimWorld::drain() {
  if (!relay_) return;
  relay_->stages.control.drain();
  for (int i = 0; i < 5'000 && relay_; ++i) {
    step();
    clock.advance(milliseconds(20));
    collect_ended();
  }
  if (relay_) judge_.complain("a drain does not end");
}

bool SimWorld::settle(int steps_max) {
  int quiet = 0;
  for (int i = 0; i < steps_max; ++i) {
    const std::uint64_t commits = target.commits;
    // An idle source answers with empty replies for ever; rest is when they change nothing, long
    // after the longest back-off.
    step();
    clock.advance(milliseconds(100));
    if (!relay_ || relay_->stages.failure()) return false;
    const bool is_caught_up = target.checkpoint && oplog.index_after(target.checkpoint->position) ==
                                                       oplog.events().size();
    const bool is_idle = relay_->stages.board.is_idle();
    quiet = is_caught_up && is_idle && commits == target.commits ? quiet + 1 : 0;
    if (quiet > 20) return true;
  }
  return false;
}

void SimWorld::back_up() {
  if (!target.late) back_up_ = BackUp{target, judge_.memory()};
}

void SimWorld::restore_back_up() {
  crash();
  crash_rival();
  target.late.reset();
  if (!back_up_) return;
  const std::uint64_t commits = target.commits;
  trace("restore the target");
  target = back_up_->target;
  target.commits = commits;
  judge_.see_restore(back_up_->memory);
}

void SimWorld::lose_file(FileLoss loss) {
  CHECK(!relay_, "a state file in use is not lost here");
  judge_.see_lost_save("a");
  if (loss == FileLoss::last_write) {
    store.lose_last_write();
  } else {
    store.clear();
  }
}

void SimWorld::end_faults() {
  faults = {};
  source_fault_every = 0;
  target_fault_every = 0;
  is_busy = false;
  down_until_ = {};
  crash_rival();
  target.finish_late(clock.now());
  if (!relay_) return;
  relay_->source.fault_every = 0;
  relay_->source.early_every = 0;
  relay_->source.forget_every = 0;
  relay_->sink.fault_every = 0;
  relay_->stalled_until = {};
  relay_->stages.control.set_paused(false);
}

std::string SimWorld::describe_state() {
  const std::size_t applied =
      target.checkpoint ? oplog.index_after(target.checkpoint->position) : 0;
  std::string text = std::to_string(applied) + " of " + std::to_string(oplog.events().size()) +
                     " events applied, " + std::to_string(target.commits) + " commits";
  if (!relay_) return text + ", no relay";
  for (const SnapshotReport& report : relay_->stages.board.report())
    text += ", " + report.table + " is " + format_snapshot_state(report.state);
  return text;
}

void SimWorld::write() {
  const std::string collection = kCollections[random.below(kCollections.size())];
  if (random.one_in(ddl_every)) return change_collection(collection);
  constexpr std::array kWishes = {
      OperationType::update, OperationType::update, OperationType::replace, OperationType::delete_};
  // Now and then a transaction of up to four writes.
  const std::uint64_t count = random.one_in(6) ? 1 + random.below(4) : 1;
  const int transaction = count > 1 ? ++transaction_ : 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    oplog.write(collection,
                static_cast<int>(random.below(static_cast<std::uint64_t>(key_count))),
                kWishes[random.below(kWishes.size())],
                transaction);
    if (random.one_in(large_every)) oplog.enlarge_last();
    if (random.one_in(2 * large_every)) oplog.make_last_huge();
  }
}

void SimWorld::change_collection(const std::string& collection) {
  if (random.one_in(2)) return oplog.drop(collection);
  std::vector<int> keys;
  for (int key = 0; key < key_count; ++key) {
    if (random.one_in(2)) keys.push_back(key);
  }
  oplog.replace(collection, keys);
}

}  // namespace relay
