#include "observe/relay_report.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

// Users' scripts compare these words.
TEST(RelayReportTest, StatesAndPhasesHaveTheWordsThatWerePromised) {
  EXPECT_EQ(format_relay_state(RelayState::starting), "starting");
  EXPECT_EQ(format_relay_state(RelayState::snapshot), "snapshot");
  EXPECT_EQ(format_relay_state(RelayState::streaming), "streaming");
  EXPECT_EQ(format_relay_state(RelayState::waiting), "waiting");
  EXPECT_EQ(format_relay_state(RelayState::standby), "standby");
  EXPECT_EQ(format_relay_state(RelayState::stopping), "stopping");
  EXPECT_EQ(format_table_phase(TablePhase::waiting), "waiting");
  EXPECT_EQ(format_table_phase(TablePhase::snapshot), "snapshot");
  EXPECT_EQ(format_table_phase(TablePhase::streaming), "streaming");
  EXPECT_EQ(format_table_phase(TablePhase::stopped), "stopped");
}

}  // namespace
}  // namespace relay
