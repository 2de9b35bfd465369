#include "pipeline/retry.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error_policy.h"
#include "observe/log.h"
#include "support/fake_clock.h"

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Error error_of(ErrorKind kind) {
  return {kind, "test", ""};
}

TEST(RetryTest, AServiceWaitsForItsServersForEver) {
  FakeClock clock;
  Retry retry("source", {}, 1, clock);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
    clock.advance(seconds(60));
  }
}

TEST(RetryTest, AOneTimeRunGivesUpAfterItsPatience) {
  FakeClock clock;
  Retry retry("source", {.outage_max = seconds(10)}, 1, clock);
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
  clock.advance(milliseconds(9'999));
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
  clock.advance(milliseconds(1));
  EXPECT_FALSE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
}

TEST(RetryTest, PatienceIsMeasuredFromTheLastSuccess) {
  FakeClock clock;
  Retry retry("source", {.outage_max = seconds(10)}, 1, clock);
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
  clock.advance(seconds(9));
  retry.on_success();
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
  clock.advance(seconds(9));
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::source_unavailable)).has_value());
}

TEST(RetryTest, AnUnclassifiedErrorStopsAfterAFewAttemptsInARow) {
  FakeClock clock;
  Retry retry("target", {}, 1, clock);
  for (int i = 0; i < kRetriesFew; ++i) {
    ASSERT_TRUE(retry.on_error(error_of(ErrorKind::sink_unknown)).has_value()) << i;
  }
  EXPECT_FALSE(retry.on_error(error_of(ErrorKind::sink_unknown)).has_value());
}

// A server that is killed again and again says odd things at each of its starts.
TEST(RetryTest, OtherTroubleInBetweenBeginsTheAttemptsAnew) {
  FakeClock clock;
  Retry retry("target", {}, 1, clock);
  for (int i = 0; i < kRetriesFew; ++i) {
    ASSERT_TRUE(retry.on_error(error_of(ErrorKind::sink_unknown)).has_value()) << i;
  }
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::sink_unavailable)).has_value());
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::sink_unknown)).has_value());
}

// However many attempts that is. A server that was down for an hour has its minute as well.
TEST(RetryTest, AServerThatStartsHasAMinute) {
  FakeClock clock;
  Retry retry("target", {}, 1, clock);
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::sink_unavailable)).has_value());
  clock.advance(seconds(3'600));
  for (int i = 0; i < 59; ++i) {
    ASSERT_TRUE(retry.on_error(error_of(ErrorKind::sink_starting)).has_value()) << i;
    clock.advance(seconds(1));
  }
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::sink_starting)).has_value());
  clock.advance(seconds(1));
  EXPECT_FALSE(retry.on_error(error_of(ErrorKind::sink_starting)).has_value());
}

TEST(RetryTest, AServerThatDiesWhileItStartsHasItsMinuteAnew) {
  FakeClock clock;
  Retry retry("target", {}, 1, clock);
  for (const ErrorKind kind : {ErrorKind::sink_starting, ErrorKind::sink_unavailable}) {
    EXPECT_TRUE(retry.on_error(error_of(kind)).has_value());
    clock.advance(seconds(60));
  }
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::sink_starting)).has_value());
}

TEST(RetryTest, WhatNoRetryCanMendStopsAtOnce) {
  FakeClock clock;
  Retry retry("source", {}, 1, clock);
  for (const ErrorKind kind : {ErrorKind::source_refused,
                               ErrorKind::position_lost,
                               ErrorKind::lease_lost,
                               ErrorKind::store_failed,
                               ErrorKind::bad_document,
                               ErrorKind::internal}) {
    EXPECT_FALSE(retry.on_error(error_of(kind)).has_value()) << format_kind(kind);
  }
}

TEST(RetryTest, AHeldLeaseIsWaitedForAsLongAsItCanLast) {
  FakeClock clock;
  Retry retry("target", {.outage_max = {}, .lease_max = seconds(5)}, 1, clock);
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::lease_held)).has_value());
  clock.advance(seconds(6));
  EXPECT_TRUE(retry.on_error(error_of(ErrorKind::lease_held)).has_value());
  clock.advance(milliseconds(1));
  EXPECT_FALSE(retry.on_error(error_of(ErrorKind::lease_held)).has_value());
}

// Soon, so that a lease that is given back is taken at once; and without a line in the log each
// time.
TEST(RetryTest, AStandbyAsksForTheLeaseForEverAndSaysSoOnce) {
  std::vector<std::string> lines;
  const LogCapture capture([&](std::string_view line) { lines.emplace_back(line); });
  FakeClock clock;
  Retry retry(
      "target", {.outage_max = {}, .lease_max = seconds(5), .waits_as_standby = true}, 1, clock);
  for (int i = 0; i < 1'000; ++i) {
    const auto delay = retry.on_error(error_of(ErrorKind::lease_held));
    ASSERT_TRUE(delay.has_value());
    EXPECT_LE(*delay, milliseconds(500));
    clock.advance(seconds(60));
  }
  EXPECT_EQ(lines.size(), 1U);
  retry.on_success();
  EXPECT_EQ(lines.size(), 1U) << "nothing was wrong, so nothing is over";
  EXPECT_FALSE(retry.on_error(error_of(ErrorKind::lease_lost)).has_value());
}

}  // namespace
}  // namespace relay
