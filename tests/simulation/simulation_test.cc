// The production stages under random writes, cuts, lost answers and crashes, one seed after the
// other. A failure names its seed; RELAY_SIMULATION_SEED=N repeats it, RELAY_SIMULATION_SEEDS=N
// sets how many.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "support/sim_world.h"

namespace relay {
namespace {

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): tests have one thread.
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

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

// One life of a world: writes, steps, crashes and pauses in random order, then quiet.
std::string run_seed(std::uint64_t seed) {
  SimWorld world(seed);
  FakeRandom& random = world.random;
  world.source_fault_every = random.one_in(3) ? 0 : 5 + random.below(60);
  world.target_fault_every = random.one_in(3) ? 0 : 5 + random.below(60);
  const PipelineOptions options = random_options(random);
  if (options.start.takes_snapshots) put_documents(world);
  world.ddl_every = random.one_in(2) ? 0 : 10 + random.below(60);
  world.key_count = random.one_in(2) ? 8 : 20;
  world.large_every = random.one_in(2) ? 0 : 2 + random.below(30);
  world.splits_large_events = random.one_in(2);
  world.oplog.tells_creates = random.one_in(2);
  const std::uint64_t loss_every = random.one_in(3) ? 100 + random.below(300) : 0;
  const std::uint64_t request_every = random.one_in(2) ? 0 : 50 + random.below(200);
  const std::uint64_t crash_every = random.one_in(3) ? 0 : 20 + random.below(300);
  world.start(options);
  for (int i = 0; i < 600; ++i) {
    if (random.one_in(4)) world.write();
    if (random.one_in(crash_every)) world.start(options);
    if (random.one_in(loss_every) && world.target.checkpoint) {
      if (random.one_in(4)) {
        world.oplog.restore();
      } else {
        world.oplog.lose_history();
      }
    }
    if (random.one_in(request_every)) world.relay()->stages.board.request("shop.orders");
    world.step();
    if (random.one_in(3)) world.clock.advance(std::chrono::milliseconds(random.below(400)));
    if (const std::optional<Error> failure = world.relay()->stages.failure())
      return "failed: " + failure->message;
    if (!world.violation().empty()) return world.violation();
  }
  world.source_fault_every = 0;
  world.target_fault_every = 0;
  world.is_busy = false;
  world.start(options);
  if (!world.settle()) return "does not come to rest after the last fault";
  if (!world.violation().empty()) return world.violation();
  return world.difference();
}

TEST(SimulationTest, EveryFaultEndsInEqualTables) {
  const std::uint64_t only = number_from_environment("RELAY_SIMULATION_SEED", 0);
  const std::uint64_t first = only != 0 ? only : 1;
  const std::uint64_t last =
      only != 0 ? only
                : number_from_environment("RELAY_SIMULATION_SEEDS", RELAY_SIMULATION_SEEDS_DEFAULT);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::string trouble = run_seed(seed);
    ASSERT_EQ(trouble, "") << "repeat with RELAY_SIMULATION_SEED=" << seed;
  }
}

}  // namespace
}  // namespace relay
