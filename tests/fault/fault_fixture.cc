#include "fault/fault_fixture.h"

#include "support/free_port.h"

namespace relay {

FaultTest::FaultTest() : listen_("http.listen=127.0.0.1:" + std::to_string(pick_free_port())) {}

Arguments FaultTest::command_between(const std::string& source,
                                     const std::string& target,
                                     const Arguments& more) const {
  Arguments all{"cdc-relay",
                "--source",
                source,
                "--target",
                target,
                "--table",
                database() + ".orders=sales.orders",
                "--set",
                "stream.start=" + begin_,
                "--set",
                listen_};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::unique_ptr<RelayProcess> FaultTest::start_between(const std::string& source,
                                                       const std::string& target,
                                                       const Arguments& more) const {
  std::unique_ptr<RelayProcess> relay = start(command_between(source, target, more));
  EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  return relay;
}

std::string FaultTest::status() const {
  return run({"--set", listen_, "status", "--json"}).log;
}

void FaultTest::fail_command(const std::string& command, const std::string& how, int times) {
  // The look at the oplog is a find, too, and would use a failure up.
  const std::string where =
      command == "find" ? R"("namespace": ")" + database() + R"(.orders", )" : "";
  source_.run_on("admin",
                 R"({"configureFailPoint": "failCommand", "mode": {"times": )" +
                     std::to_string(times) + R"(}, "data": {"failCommands": [")" + command +
                     R"("], "appName": "relay", )" + where + how + "}}");
}

void FaultTest::end_failures() {
  source_.run_on("admin", R"({"configureFailPoint": "failCommand", "mode": "off"})");
}

testing::AssertionResult FaultTest::comes_through(int key, const RelayProcess& relay) {
  insert(key);
  if (wait_for_row(std::to_string(key))) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no row " << key << "; " << relay.log();
}

std::size_t count_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

std::string direct_source_uri(std::uint16_t port) {
  return "mongodb://127.0.0.1:" + std::to_string(port) + "/?directConnection=true";
}

}  // namespace relay
