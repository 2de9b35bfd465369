#include "cli/verify_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/verify_json.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

VerifiedTable orders() {
  VerifiedTable table;
  table.outcome.table = "sales.orders";
  table.outcome.from = "shop.orders";
  table.outcome.documents = 300;
  table.outcome.rows = 299;
  table.seconds = 2.149;
  return table;
}

TEST(VerifyTextTest, ATableIsOneLineWithWhatIsNotZero) {
  VerifiedTable table = orders();
  EXPECT_EQ(format_outcome(table), "sales.orders documents=300 rows=299 differences=0 seconds=2.1");
  EXPECT_TRUE(table.is_equal());
  table.outcome.missing = 2;
  table.outcome.differs = 1;
  table.outcome.dead_letters = 4;
  table.outcome.unsettled = 5;
  table.mended = 2;
  EXPECT_EQ(format_outcome(table),
            "sales.orders documents=300 rows=299 differences=3 missing=2 differs=1 mended=2 "
            "dead_letters=4 unsettled=5 seconds=2.1");
  EXPECT_FALSE(table.is_equal());
  table.mended = 3;
  EXPECT_TRUE(table.is_equal());
}

TEST(VerifyTextTest, ATableThatWasNotComparedSaysWhy) {
  VerifiedTable table = orders();
  table.outcome.uncompared = "it is being copied again: look later";
  EXPECT_EQ(format_outcome(table),
            "sales.orders not compared: it is being copied again: look later");
  EXPECT_FALSE(table.is_equal());
  table.outcome.is_uncompared_fine = true;
  EXPECT_TRUE(table.is_equal());
}

TEST(VerifyTextTest, ADifferenceIsOneLineWhateverTheKey) {
  Dispute dispute;
  dispute.verdict = Verdict::missing;
  dispute.text = "a\nb\x1b[31m Zo\u00eb";
  EXPECT_EQ(format_difference("sales.orders", dispute), "missing sales.orders a?b?[31m Zo\u00eb");
  dispute.verdict = Verdict::extra;
  dispute.text = "k";
  EXPECT_EQ(format_difference("sales.orders", dispute), "extra sales.orders k");
  dispute.verdict = Verdict::differs;
  EXPECT_EQ(format_difference("sales.orders", dispute), "differs sales.orders k");
}

TEST(VerifyTextTest, ProgressHasRateAndTimeLeft) {
  VerifyProgressText text;
  CheckProgress progress{.step = CheckProgress::Step::scan, .table = "sales.orders"};
  const Clock::TimePoint start{};
  EXPECT_EQ(text.line(progress, start), "sales.orders: 0 documents and 0 rows");
  progress.documents_estimated = 1'000;
  progress.documents = 600;
  progress.rows = 400;
  EXPECT_EQ(text.line(progress, start + 2s),
            "sales.orders: 600 documents and 400 rows of about 1000, 200/s, 3 s left");
  progress.step = CheckProgress::Step::relay;
  progress.disputes = 7;
  EXPECT_EQ(text.line(progress, start + 3s),
            "sales.orders: waiting for the relay, keys in dispute 7");
}

TEST(VerifyTextTest, JsonHasTheSameNumbersAndTheListedKeys) {
  VerifiedTable table = orders();
  table.outcome.missing = 1;
  table.outcome.relay = RelayWait::Outcome::nobody;
  VerifiedTable log = orders();
  log.outcome.table = "sales.log";
  log.outcome.uncompared = "a log";
  log.outcome.is_uncompared_fine = true;
  const auto json = nlohmann::json::parse(
      render_verify_json({table, log}, {{"sales.orders", {{"missing", "a\"b"}}}}));
  EXPECT_EQ(json["equal"], false);
  EXPECT_EQ(json["tables"][0]["missing"], 1);
  EXPECT_EQ(json["tables"][0]["relay"], "none");
  EXPECT_EQ(json["tables"][0]["seconds"], 2.149);
  EXPECT_EQ(json["tables"][0]["differences"][0]["kind"], "missing");
  EXPECT_EQ(json["tables"][0]["differences"][0]["key"], "a\"b");
  EXPECT_EQ(json["tables"][1]["equal"], true);
  EXPECT_EQ(json["tables"][1]["not_compared"], "a log");
}

}  // namespace
}  // namespace relay
