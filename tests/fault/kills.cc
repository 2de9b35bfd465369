// SIGKILL and SIGSTOP of the relay, PostgreSQL and mongod at random times, singly and together,
// under three writers with a sequence for each document.
//
//   kills [--runs N] [--seed S] [--log DIRECTORY]
//
// After each fault: every event up to the stored position is in the table, no deleted row is back,
// none is older. After every 30 of them (a life of its own, with its own database): nothing lost,
// nothing different, nothing twice. A life that fails prints the command that repeats its choices;
// moments are random all the same.
#include <algorithm>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "fault/chaos_fixture.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

// Histories stay short, so that looking at all of it after each fault stays cheap.
constexpr int kRunsOfALife = 30;

class KillsTest : public ChaosTest, public testing::WithParamInterface<int> {
 protected:
  // Half of them of the relay alone, which is what happens most and costs least.
  Fault choose() {
    Fault fault;
    fault.is_kill = pick(5) != 0;
    const std::uint64_t whom = pick(12);
    fault.hits_relay = whom < 6 || whom >= 9;
    fault.hits_target = whom == 6 || whom == 7 || whom == 9 || whom == 11;
    fault.hits_source = whom == 8 || whom == 10 || whom == 11;
    return fault;
  }
};

TEST_P(KillsTest, NothingIsLostNorBackNorTwice) {
  const ChaosOptions& options = chaos_options();
  const int runs = std::min(kRunsOfALife, options.runs - GetParam() * kRunsOfALife);
  const std::uint64_t seed = options.seed + static_cast<std::uint64_t>(GetParam());
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  begin(seed, command({"--set", "stream.start=" + begin_, "--set", "target.batch_rows=100"}));
  for (int run = 1; run <= runs; ++run) {
    // Every third falls anywhere, also into a start; the others into the work.
    if (run % 3 != 0) {
      ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay().log();
    }
    pass_time(700ms);
    const Fault fault = choose();
    do_fault(fault);
    expect_promises_kept("seed " + std::to_string(seed) + " run " + std::to_string(run) + ", " +
                         fault.text());
  }
  catch_up();
  end();
  std::cout << "seed=" << seed << " runs=" << runs << " writes=" << writers().write_count()
            << " failed=" << writers().failure_count() << std::endl;
  if (HasFailure()) {
    std::cout << "reproduce: tests/fault/kills --runs " << runs << " --seed " << seed << std::endl;
  }
}

int life_count() {
  return (chaos_options().runs + kRunsOfALife - 1) / kRunsOfALife;
}

INSTANTIATE_TEST_SUITE_P(Lives, KillsTest, testing::Range(0, life_count()));

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  return relay::run_chaos(argc, argv);
}
