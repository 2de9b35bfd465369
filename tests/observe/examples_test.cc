// The board and the rules in examples/ name metrics; a name that is none would show nothing, for
// ever, without a word.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "observe/exposition_parser.h"
#include "observe/metrics.h"
#include "support/sample_report.h"

namespace relay {
namespace {

std::set<std::string> metric_names() {
  std::set<std::string> names;
  for (const ExpositionFamily& family : parse_exposition(render_metrics(sample_report()))) {
    names.insert(family.name);
    for (const ExpositionSample& sample : family.samples)
      names.insert(sample.name);
  }
  return names;
}

class ExamplesTest : public testing::TestWithParam<std::string> {};

TEST_P(ExamplesTest, NamesOnlyMetricsThatThereAre) {
  std::ostringstream text;
  text << std::ifstream(std::string(RELAY_SOURCE_DIR) + "/examples/" + GetParam()).rdbuf();
  const std::string file = text.str();
  const std::set<std::string> names = metric_names();
  const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  std::set<std::string> used;
  for (std::size_t at = file.find("relay_"); at != std::string::npos;
       at = file.find("relay_", at + 1)) {
    const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at);
    used.emplace(begin, std::find_if_not(begin, file.end(), is_part));
  }
  EXPECT_GT(used.size(), 5U);
  for (const std::string& name : used)
    EXPECT_TRUE(names.contains(name)) << name;
}

INSTANTIATE_TEST_SUITE_P(Examples,
                         ExamplesTest,
                         testing::Values("alerts.yaml", "grafana.json"),
                         [](const auto& test) {
                           return test.param.substr(0, test.param.find('.'));
                         });

}  // namespace
}  // namespace relay
