#include "cli/service_manager.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "support/fake_clock.h"
#include "support/notify_listener.h"
#include "support/sample_report.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class ServiceManagerTest : public testing::Test {
 protected:
  // The sample's threads have just given a sign of life.
  RelayReport healthy() {
    RelayReport report = sample_report();
    report.state = RelayState::streaming;
    for (ThreadBeat& thread : report.threads)
      thread.beat_at = clock.now();
    return report;
  }
  RelayReport stuck() {
    RelayReport report = healthy();
    report.threads[0].beat_at = clock.now() - 1h;
    return report;
  }

  TemporaryDirectory directory;
  std::string path = (directory.path() / "notify").string();
  FakeClock clock;
};

TEST_F(ServiceManagerTest, SaysOnceThatItIsReadyAndHowItIsWhenThatChanges) {
  NotifyListener listener(path);
  ServiceManager manager({.socket = path, .watchdog = std::nullopt}, clock);
  EXPECT_TRUE(manager.is_due());
  manager.update(healthy());
  EXPECT_EQ(listener.take(), (Lines{"READY=1", "STATUS=streaming, lag 0 s"}));
  EXPECT_FALSE(manager.is_due());
  clock.advance(1s);
  EXPECT_TRUE(manager.is_due());
  manager.update(healthy());
  EXPECT_EQ(listener.take(), Lines{});
  RelayReport waiting = healthy();
  waiting.state = RelayState::waiting;
  waiting.trouble = "connect to the target: refused\nby it";
  manager.update(waiting);
  EXPECT_EQ(listener.take(), (Lines{"STATUS=waiting: connect to the target: refused by it"}));
  manager.stopping();
  manager.stopping();
  EXPECT_EQ(listener.take(), (Lines{"STOPPING=1\nSTATUS=stopping"}));
  clock.advance(1min);
  EXPECT_FALSE(manager.is_due());
  manager.update(healthy());
  EXPECT_EQ(listener.take(), Lines{}) << "nothing more comes from a relay on its way out";
}

TEST_F(ServiceManagerTest, FeedsTheWatchdogWhileItIsHealthyAndOnlyThen) {
  NotifyListener listener(path);
  ServiceManager manager({.socket = path, .watchdog = 900ms}, clock);
  manager.update(healthy());
  EXPECT_EQ(listener.take().back(), "WATCHDOG=1");
  clock.advance(299ms);
  EXPECT_FALSE(manager.is_due());
  clock.advance(1ms);
  EXPECT_TRUE(manager.is_due());
  manager.update(healthy());
  EXPECT_EQ(listener.take(), (Lines{"WATCHDOG=1"}));
  clock.advance(300ms);
  manager.update(stuck());
  const Lines lines = listener.take();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("STATUS=stuck: thread relay-read")) << lines[0];
  clock.advance(300ms);
  manager.update(healthy());
  EXPECT_EQ(listener.take().back(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, WhoBeginsUnhealthyIsNotReady) {
  NotifyListener listener(path);
  ServiceManager manager({.socket = path, .watchdog = std::nullopt}, clock);
  manager.update(stuck());
  for (const std::string& line : listener.take())
    EXPECT_NE(line, "READY=1");
  clock.advance(1s);
  manager.update(healthy());
  EXPECT_EQ(listener.take().front(), "READY=1");
}

// "@relay": what systemd uses in containers and before /run is there.
TEST_F(ServiceManagerTest, KnowsTheAbstractNamespace) {
  const std::string name = "@relay-test-" + std::to_string(getpid());
  NotifyListener listener(name);
  ServiceManager manager({.socket = name, .watchdog = std::nullopt}, clock);
  manager.update(healthy());
  EXPECT_EQ(listener.take().front(), "READY=1");
}

TEST_F(ServiceManagerTest, WhatWasNotHeardIsSaidAgain) {
  ServiceManager manager({.socket = path, .watchdog = std::nullopt}, clock);
  manager.update(healthy());
  NotifyListener listener(path);
  clock.advance(1s);
  manager.update(healthy());
  EXPECT_EQ(listener.take(), (Lines{"READY=1", "STATUS=streaming, lag 0 s"}));
}

TEST_F(ServiceManagerTest, WithoutASocketThereIsNothingToSay) {
  for (const std::string& name :
       {std::string(), std::string("vsock:2:1"), std::string(200, '/'), std::string("@")}) {
    ServiceManager manager({.socket = name, .watchdog = 1s}, clock);
    EXPECT_FALSE(manager.is_due()) << name;
    manager.update(healthy());
    manager.stopping();
  }
}

}  // namespace
}  // namespace relay
