#include "observe/metrics.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "observe/exposition_parser.h"
#include "support/golden.h"
#include "support/sample_report.h"

namespace relay {
namespace {

const ExpositionFamily& family_of(const std::vector<ExpositionFamily>& families,
                                  const std::string& name) {
  const auto found = std::ranges::find(families, name, &ExpositionFamily::name);
  if (found == families.end()) throw std::runtime_error("no family " + name);
  return *found;
}

TEST(MetricsTest, NamesTypesHelpAndValuesAreAsPromised) {
  const std::string text = render_metrics(sample_report());
  EXPECT_EQ(golden_text("tests/observe/golden/metrics.txt", text), text)
      << "look at the difference, then RELAY_UPDATE_GOLDEN=1";
}

TEST(MetricsTest, AScraperCanReadTheText) {
  const std::vector<ExpositionFamily> families = parse_exposition(render_metrics(sample_report()));
  std::vector<std::string> names;
  for (const ExpositionFamily& family : families)
    names.push_back(family.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"relay_events_total",
                                      "relay_rows_total",
                                      "relay_batches_total",
                                      "relay_apply_seconds",
                                      "relay_lag_seconds",
                                      "relay_oplog_runway_seconds",
                                      "relay_checkpoint_age_seconds",
                                      "relay_queue_bytes",
                                      "relay_snapshot_rows_total",
                                      "relay_misfits_total",
                                      "relay_dead_letters_total",
                                      "relay_large_events_total",
                                      "relay_reconnects_total",
                                      "relay_leader",
                                      "relay_build_info"}));
}

// Whatever a table is called, the text stays one that a scraper reads, and the name comes out
// whole.
TEST(MetricsTest, OddNamesAreEscaped) {
  RelayReport report = sample_report();
  const std::string odd = "s.\"quoted\" \\ back\nslash \xc3\xa4";
  report.streams[0].tables[0].to = odd;
  const std::vector<ExpositionFamily> families = parse_exposition(render_metrics(report));
  EXPECT_EQ(family_of(families, "relay_rows_total").samples.at(0).labels.at("table"), odd);
}

TEST(MetricsTest, WhatIsNotKnownHasNoSample) {
  RelayReport report = sample_report();
  report.streams[0].lag_seconds = std::nullopt;
  report.streams[0].oplog_runway_seconds = std::nullopt;
  report.streams[0].checkpoint_age_seconds = std::nullopt;
  const std::vector<ExpositionFamily> families = parse_exposition(render_metrics(report));
  EXPECT_TRUE(family_of(families, "relay_lag_seconds").samples.empty());
  EXPECT_TRUE(family_of(families, "relay_oplog_runway_seconds").samples.empty());
  EXPECT_TRUE(family_of(families, "relay_checkpoint_age_seconds").samples.empty());
}

TEST(MetricsTest, OfSeveralStreamsTheWorstIsShown) {
  RelayReport report = sample_report();
  StreamReport other = report.streams[0];
  other.tables.clear();
  other.lag_seconds = 9;
  other.oplog_runway_seconds = 60;
  other.checkpoint_age_seconds = 0.25;
  other.is_leader = false;
  report.streams.push_back(other);
  const std::vector<ExpositionFamily> families = parse_exposition(render_metrics(report));
  EXPECT_EQ(family_of(families, "relay_lag_seconds").samples.at(0).value, 9);
  EXPECT_EQ(family_of(families, "relay_oplog_runway_seconds").samples.at(0).value, 60);
  EXPECT_EQ(family_of(families, "relay_checkpoint_age_seconds").samples.at(0).value, 0.5);
  EXPECT_EQ(family_of(families, "relay_leader").samples.at(0).value, 1);
}

// Two series of the same name and labels make a scraper refuse the whole text.
TEST(MetricsTest, ATableFedByTwoStreamsIsOneSeries) {
  RelayReport report = sample_report();
  report.streams.push_back(report.streams[0]);
  const std::vector<ExpositionFamily> families = parse_exposition(render_metrics(report));
  const ExpositionFamily& rows = family_of(families, "relay_rows_total");
  EXPECT_EQ(rows.samples.at(0).labels,
            (std::map<std::string, std::string>{{"table", "sales.orders"}, {"kind", "upsert"}}));
  EXPECT_EQ(rows.samples.at(0).value, 620);
}

TEST(MetricsTest, AnEmptyReportIsReadableToo) {
  EXPECT_EQ(parse_exposition(render_metrics(RelayReport{})).size(), 15U);
}

// The parser is the witness above, so it must not take everything.
TEST(ExpositionParserTest, RefusesWhatIsNotTheFormat) {
  const std::string head = "# HELP a b\n# TYPE a counter\n";
  EXPECT_EQ(parse_exposition(head + "a{x=\"1\"} 2\n").at(0).samples.size(), 1U);
  for (const char* tail : {"a{x=\"1\"} 2",
                           "a{x=\"1\"} two\n",
                           "a{x=1} 2\n",
                           "a{x=\"1\"}2\n",
                           "a{x=\"1\",x=\"2\"} 2\n",
                           "a{x=\"1\n",
                           "a{x=\"\\q\"} 2\n",
                           "b 2\n",
                           "1a 2\n",
                           "a 1\na 2\n",
                           "# HELP a b\n# TYPE a counter\n",
                           "# TYPE a gauge\n",
                           "\n"}) {
    EXPECT_THROW(parse_exposition(head + tail), std::runtime_error) << tail;
  }
  const std::string histogram = "# HELP h b\n# TYPE h histogram\n";
  EXPECT_THROW(parse_exposition(histogram + "h_bucket{le=\"1\"} 2\nh_count 2\nh_sum 1\n"),
               std::runtime_error);
  EXPECT_THROW(
      parse_exposition(histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n"),
      std::runtime_error);
}

}  // namespace
}  // namespace relay
