// The board and the rules in examples/ name metrics; a name that is none would show nothing, for
// ever, without a word.
#include <fstream>
#include <regex>
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
  const std::regex metric("relay_[a-z_]+");
  std::set<std::string> used;
  for (auto found = std::sregex_iterator(file.begin(), file.end(), metric);
       found != std::sregex_iterator();
       ++found) {
    used.insert(found->str());
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
