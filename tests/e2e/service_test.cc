// As a service: what a service manager hears from the program, from its start to its end.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/notify_listener.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class ServiceTest : public RealServersTest {
 protected:
  ServiceTest() : socket_((directory_.path() / "notify").string()), listener_(socket_) {}

  std::unique_ptr<RelayProcess> start_service(const std::string& watchdog_usec,
                                              const Arguments& arguments) {
    return std::make_unique<RelayProcess>(RelayProcess::Options{
        .arguments = arguments,
        .environment = {{"NOTIFY_SOCKET", socket_}, {"WATCHDOG_USEC", watchdog_usec}},
        .directory = directory_.path(),
        .program = {},
        .user = ""});
  }
  bool wait_for(const std::string& wanted, std::ptrdiff_t count = 1) {
    return wait_until(kPatience, [&] {
      for (std::string& line : listener_.take())
        heard_.push_back(std::move(line));
      return std::ranges::count_if(heard_, [&](const std::string& line) {
               return line.starts_with(wanted);
             }) >= count;
    });
  }

  std::string socket_;
  NotifyListener listener_;
  std::vector<std::string> heard_;
};

TEST_F(ServiceTest, TellsThatItIsReadyThatItLivesAndThatItStops) {
  insert(0, 10);
  const auto relay = start_service("1000000", command());
  EXPECT_TRUE(wait_for("READY=1")) << relay->log();
  EXPECT_TRUE(wait_for("STATUS=streaming, lag ")) << relay->log();
  EXPECT_TRUE(wait_for("WATCHDOG=1", 5)) << relay->log();
  EXPECT_EQ(std::ranges::count(heard_, "READY=1"), 1);
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_TRUE(wait_for("STOPPING=1"));
  EXPECT_EQ(heard_.back(), "STOPPING=1\nSTATUS=stopping");
}

// A start that waited for the servers would be ended by the service manager after a while.
TEST_F(ServiceTest, IsReadyWhileItWaitsForAServer) {
  kill_target();
  const auto relay = start_service("0", command());
  EXPECT_TRUE(wait_for("READY=1")) << relay->log();
  EXPECT_TRUE(wait_for("STATUS=waiting: connect to the target")) << relay->log();
  start_target();
  EXPECT_TRUE(wait_for("STATUS=streaming")) << relay->log();
  EXPECT_EQ(std::ranges::count(heard_, "WATCHDOG=1"), 0) << "nobody asked for it";
}

}  // namespace
}  // namespace relay
