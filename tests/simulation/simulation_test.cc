// Random lives of the production stages, one seed after the other: see random_life.h. A failure
// names its seed, and `simulate --seed N` repeats it. RELAY_SIMULATION_SEEDS=N sets how many.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "observe/log.h"
#include "simulation/random_life.h"

namespace relay {
namespace {

std::uint64_t seed_count() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests have one thread.
  const char* text = std::getenv("RELAY_SIMULATION_SEEDS");
  return text == nullptr ? RELAY_SIMULATION_SEEDS_DEFAULT : std::strtoull(text, nullptr, 10);
}

class SimulationTest : public testing::Test {
 protected:
  SimulationTest() { set_log_level(LogLevel::error); }
};

TEST_F(SimulationTest, EveryFaultEndsInEqualTables) {
  for (std::uint64_t seed = 1; seed <= seed_count(); ++seed) {
    SCOPED_TRACE("repeat with simulate --seed " + std::to_string(seed));
    ASSERT_EQ(live(seed), "");
  }
}

TEST_F(SimulationTest, LivesThatOnceWentWrongDoNotAgain) {
  std::ifstream file(RELAY_SOURCE_DIR "/tests/simulation/regressions");
  ASSERT_TRUE(file.is_open());
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    std::istringstream words(line);
    std::uint64_t seed = 0;
    ASSERT_TRUE(words >> seed) << line;
    ++count;
    EXPECT_EQ(live(seed), "") << "repeat with simulate --seed " << line;
  }
  EXPECT_GT(count, 0) << "the file has seeds";
}

}  // namespace
}  // namespace relay
