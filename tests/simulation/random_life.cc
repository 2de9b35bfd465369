#include "simulation/random_life.h"

#include "support/sim_trace.h"
#include "support/sim_world.h"

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMoments = 600;

// How often something happens: once in so many moments; 0: never.
struct Habits {
  std::uint64_t crash = 0;
  std::uint64_t loss = 0;     // The source forgets its past, or is restored.
  std::uint64_t request = 0;  // A snapshot is asked for.
  std::uint64_t rival = 0;    // A second relay comes or goes, or the first one sleeps.
  std::uint64_t drain = 0;    // An operator stops the relay.
  std::uint64_t pause = 0;    // Or pauses it, or lets it go on.
  std::uint64_t back_up = 0;  // The target is backed up, or restored from its backup.
  std::uint64_t file = 0;     // The state file loses its last write, or is gone.
  std::uint64_t leap = 0;     // Much time passes, or the clock is set.
};

PipelineOptions random_options(FakeRandom& random) {
  PipelineOptions options;
  options.limits.rows_max = 1 + random.below(12);
  options.limits.bytes_max = random.one_in(3) ? 100 + random.below(400) : 8U << 20U;
  options.reply_bytes_max = 1 + random.below(4'000);
  if (random.one_in(3)) {
    options.start.when_nothing_stored = StartAtTime{{1'700'000'000, 1}};
  } else {
    options.start = {.when_nothing_stored = StartNow{}, .takes_snapshots = true};
  }
  options.snapshot = {.chunk_rows = 1 + random.below(5),
                      .chunk_bytes = 1 + random.below(200),
                      .parallel = 1 + random.below(3)};
  return options;
}

// What stands in the collections before anybody looks.
void put_documents(SimWorld& world) {
  for (const char* collection : {"orders", "users"}) {
    const std::uint64_t count = world.random.below(20);
    for (std::uint64_t i = 0; i < count; ++i)
      world.oplog.put_silently(collection, static_cast<int>(world.random.below(20)));
  }
}

// Half of all lives have nothing of a kind, so that rare things also meet in quiet ones.
std::uint64_t sometimes(FakeRandom& random, std::uint64_t from, std::uint64_t range) {
  return random.one_in(2) ? 0 : from + random.below(range);
}

SimFaults random_faults(FakeRandom& random) {
  return {.source_every = sometimes(random, 5, 60),
          .target_every = sometimes(random, 5, 60),
          .store_every = random.one_in(4) ? 2 + random.below(20) : 0,
          .crash_every = sometimes(random, 20, 300),
          .outage_every = sometimes(random, 50, 300),
          .slow_every = sometimes(random, 5, 100),
          .early_every = sometimes(random, 2, 5),
          .forget_every = random.one_in(4) ? 3 + random.below(10) : 0};
}

Habits random_habits(FakeRandom& random) {
  return {.crash = sometimes(random, 20, 300),
          .loss = random.one_in(3) ? 100 + random.below(300) : 0,
          .request = sometimes(random, 50, 200),
          .rival = random.one_in(3) ? 20 + random.below(100) : 0,
          .drain = sometimes(random, 50, 300),
          .pause = random.one_in(4) ? 20 + random.below(100) : 0,
          .back_up = random.one_in(4) ? 50 + random.below(200) : 0,
          .file = random.one_in(4) ? 20 + random.below(100) : 0,
          .leap = sometimes(random, 20, 100)};
}

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : world_(seed), random_(world_.random), options_(random_options(random_)) {
    world_.faults = random_faults(random_);
    habits_ = random_habits(random_);
    if (options_.start.takes_snapshots) put_documents(world_);
    world_.ddl_every = sometimes(random_, 10, 60);
    world_.key_count = random_.one_in(2) ? 8 : 20;
    world_.large_every = sometimes(random_, 2, 30);
    world_.splits_large_events = random_.one_in(2);
    world_.oplog.tells_creates = random_.one_in(2);
    if (random_.one_in(2)) world_.users_on_drop = OnDrop::truncate;
    world_.target.refused_seq_every =
        random_.one_in(3) ? static_cast<int>(3 + random_.below(20)) : 0;
  }

  [[nodiscard]] std::string describe_state() { return world_.describe_state(); }

  void trace() { world_.is_traced = true; }
  [[nodiscard]] const FakeOplog& oplog() const { return world_.oplog; }

  std::string live() {
    world_.start(options_);
    for (int i = 0; i < kMoments; ++i) {
      live_a_moment();
      if (!world_.violation().empty()) return world_.violation();
    }
    return come_to_rest();
  }

 private:
  void live_a_moment();
  void meet_rival();
  void lose_past();
  void lose_file();
  void leap();
  std::string come_to_rest();

  SimWorld world_;
  FakeRandom& random_;
  PipelineOptions options_;
  Habits habits_;
};

void Life::live_a_moment() {
  if (random_.one_in(4)) world_.write();
  if (random_.one_in(habits_.crash)) world_.crash();
  if (random_.one_in(habits_.loss)) lose_past();
  if (random_.one_in(habits_.rival)) meet_rival();
  if (random_.one_in(habits_.drain)) world_.drain();
  if (random_.one_in(habits_.file)) lose_file();
  if (random_.one_in(habits_.leap)) leap();
  if (random_.one_in(habits_.back_up)) {
    if (random_.one_in(2)) {
      world_.back_up();
    } else {
      world_.restore_back_up();
    }
  }
  if (SimWorld::Relay* relay = world_.relay()) {
    Control& control = relay->stages.control;
    if (random_.one_in(habits_.request)) relay->stages.board.request("shop.orders");
    if (random_.one_in(habits_.pause)) control.set_paused(!control.is_paused());
  } else if (random_.one_in(5)) {
    world_.start(options_);
  }
  world_.step();
  world_.collect_ended();
  if (random_.one_in(3)) world_.clock.advance(milliseconds(random_.below(400)));
}

void Life::meet_rival() {
  const bool is_there = world_.rival() != nullptr;
  if (!is_there) return world_.start_rival(options_);
  if (random_.one_in(3)) return world_.crash_rival();
  SimWorld::Relay* sleeper = random_.one_in(2) ? world_.rival() : world_.relay();
  if (sleeper != nullptr)
    sleeper->stalled_until = world_.clock.now() + milliseconds(random_.below(15'000));
}

void Life::lose_past() {
  if (!world_.target.checkpoint) return;
  if (random_.one_in(4)) {
    world_.oplog.restore();
  } else {
    world_.oplog.lose_history();
  }
}

// Between two lives of the process.
void Life::lose_file() {
  world_.crash();
  world_.lose_file(random_.one_in(2) ? SimWorld::FileLoss::last_write : SimWorld::FileLoss::all);
}

void Life::leap() {
  if (random_.one_in(2)) {
    world_.clock.advance(milliseconds(random_.below(120'000)));
  } else {
    world_.clock.set_wall_back(seconds(random_.below(7'200)) - seconds(3'600));
  }
}

// The relay that runs has to get over the last fault by itself, or a new one.
std::string Life::come_to_rest() {
  world_.end_faults();
  if (random_.one_in(2)) world_.crash();
  // One that fails now does so because of what was before.
  for (int i = 0; i < 3; ++i) {
    if (world_.relay() == nullptr) world_.start(options_);
    const bool rests = world_.settle();
    world_.collect_ended();
    if (rests) return world_.violation().empty() ? world_.difference() : world_.violation();
    if (!world_.violation().empty()) return world_.violation();
    if (world_.relay() != nullptr) break;
  }
  return "does not come to rest after the last fault";
}

}  // namespace

std::string live(std::uint64_t seed) {
  Life life(seed);
  std::string trouble = life.live();
  return trouble.empty() ? "" : trouble + " (" + life.describe_state() + ")";
}

std::string live_traced(std::uint64_t seed) {
  Life life(seed);
  life.trace();
  std::string trouble = life.live();
  std::string events;
  for (const FakeEvent& event : life.oplog().events())
    events += format_event(event) + "\n";
  return trouble.empty() ? "" : events + trouble + " (" + life.describe_state() + ")";
}

}  // namespace relay
