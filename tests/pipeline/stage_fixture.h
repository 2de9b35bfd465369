// What the tests of single stages share: a world without faults, driven to rest.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "support/sim_world.h"

namespace relay {

class StageFixture : public testing::Test {
 protected:
  static PipelineOptions from_the_beginning() {
    PipelineOptions options;
    options.start.when_nothing_stored = StartAtTime{{1'700'000'000, 1}};
    return options;
  }

  void run_to_rest() {
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(world.violation(), "");
    EXPECT_EQ(world.difference(), "");
  }

  // Steps until every stage has ended; false when they do not within `steps_max`.
  bool run_to_end(int steps_max = 5'000) {
    StageSet& stages = world.relay()->stages;
    for (int i = 0; i < steps_max; ++i) {
      const bool is_read_done = is_ended(stages.read.step());
      const bool is_assemble_done = is_ended(stages.assemble.step());
      const bool is_apply_done = is_ended(stages.apply.step());
      if (is_read_done && is_assemble_done && is_apply_done) return true;
      world.clock.advance(std::chrono::milliseconds(50));
    }
    return false;
  }

  SimWorld world{1};

 private:
  static bool is_ended(StepState state) {
    return state == StepState::finished || state == StepState::failed;
  }
};

}  // namespace relay
