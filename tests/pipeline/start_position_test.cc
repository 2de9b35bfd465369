#include "pipeline/start_position.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

Checkpoint at(std::uint32_t seconds) {
  return {{"82AB", {seconds, 1}}, "hash"};
}

const StartSetting kNow{StartNow{}};
const StartSetting kTime{StartAtTime{{500, 0}}};

TEST(StartPositionTest, TheTargetsPositionWinsOverANewerStateFile) {
  const ChosenStart chosen = choose_start(at(100), at(200), kTime);
  EXPECT_EQ(std::get<StartAfter>(chosen.point).checkpoint, at(100));
}

TEST(StartPositionTest, NothingStoredFollowsTheSetting) {
  EXPECT_TRUE(std::holds_alternative<StartNow>(choose_start({}, {}, kNow).point));
  EXPECT_EQ(std::get<StartAtTime>(choose_start({}, {}, kTime).point).time, (ClusterTime{500, 0}));
}

TEST(StartPositionTest, ATargetWithoutAPositionGoesOnFromTheStateFileRatherThanFromNow) {
  EXPECT_EQ(std::get<StartAfter>(choose_start({}, at(200), kNow).point).checkpoint, at(200));
}

TEST(StartPositionTest, AGivenTimeIsWhatAnEmptyTargetGets) {
  EXPECT_TRUE(std::holds_alternative<StartAtTime>(choose_start({}, at(200), kTime).point));
}

}  // namespace
}  // namespace relay
