// A snapshot of large documents needs memory for a few of them, not for the collection.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;

// Highest so far, in bytes.
std::int64_t peak_memory_of(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmHWM:")) continue;
    std::istringstream fields(line.substr(6));
    std::int64_t kibibytes = 0;
    fields >> kibibytes;
    return kibibytes * 1'024;
  }
  return 0;
}

struct Case {
  const char* name;
  std::int64_t document_bytes;
  int document_count;
  std::int64_t mebibytes_max;
};

class SnapshotMemoryTest : public RealServersTest, public testing::WithParamInterface<Case> {};

TEST_P(SnapshotMemoryTest, StaysBounded) {
  const int count = number_from_environment("RELAY_TEST_DOCUMENTS", GetParam().document_count);
  // Not all of one letter: as text that compresses about as well as prose does.
  std::string text;
  while (static_cast<std::int64_t>(text.size()) < GetParam().document_bytes)
    text += "line " + std::to_string(text.size()) + " of a large document; ";
  for (int key = 0; key < count; ++key) {
    source_.insert("orders", R"({"_id": )" + std::to_string(key) + R"(, "text": ")" + text + "\"}");
  }
  const auto relay = start_streaming();
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  const std::int64_t peak = peak_memory_of(relay->pid());
  EXPECT_GT(peak, 0);
  EXPECT_LE(peak / kMebibyte, GetParam().mebibytes_max);
  std::cout << "peak memory " << peak / kMebibyte << " MiB" << std::endl;
  EXPECT_EQ(row_count(), std::to_string(count));
  EXPECT_EQ(target_.cell("SELECT count(DISTINCT md5(data->>'text')) FROM sales.orders"), "1");
  EXPECT_EQ(target_.cell("SELECT length(data->>'text') FROM sales.orders LIMIT 1"),
            std::to_string(text.size()));
}

// A chunk under way is at least one document, and its rows as much again.
INSTANTIATE_TEST_SUITE_P(Documents,
                         SnapshotMemoryTest,
                         testing::Values(Case{"OfOneMegabyte", 1'000'000, 300, 128},
                                         Case{"OfFiveMegabytes", 5'000'000, 60, 256}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
