// status, pause, resume and snapshot as a user types them, against the real HTTP server with a
// relay behind it that only writes down what it is asked.
#include <memory>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "checkpoint/sqlite_store.h"
#include "core/guarded.h"
#include "process.h"
#include "server/http_server.h"
#include "support/sample_report.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

class StatusCommandTest : public testing::Test {
 protected:
  void start(const std::string& token = "") {
    const auto wish = [this](const std::string& name) {
      wishes_.with([&](auto& all) { all.push_back(name); });
      return SteerAnswer{name == "no.such" ? SteerOutcome::unknown_table : SteerOutcome::accepted,
                         ""};
    };
    const RelayFace face{.report = [] { return sample_report(); },
                         .pause = [wish] { return wish("pause"); },
                         .resume = [wish] { return wish("resume"); },
                         .snapshot = wish};
    Result<std::unique_ptr<HttpServer>> server =
        HttpServer::open({.listen = "127.0.0.1:0", .token = Secret(token)}, face, clock_);
    ASSERT_TRUE(server.ok());
    server_ = std::move(server.value());
    environment_["RELAY_HTTP_LISTEN"] = "127.0.0.1:" + std::to_string(server_->port());
  }

  void SetUp() override {
    environment_["RELAY_STATE_PATH"] = (directory_.path() / "relay.db").string();
  }

  void store_position() {
    auto store = std::move(SqliteStore::open(directory_.path() / "relay.db").value());
    ASSERT_TRUE(store->save("default", {{"82AA", {1'700'000'000, 1}}, "hash"}).ok());
  }

  Output run(const std::vector<std::string>& arguments) {
    return run_relay(arguments, environment_);
  }

  SystemClock clock_;
  TemporaryDirectory directory_;
  Guarded<std::vector<std::string>> wishes_;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(StatusCommandTest, StatusShowsTheRunningRelay) {
  start();
  const Output text = run({"status"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(text.out.starts_with("relay 0.1.0 at http://127.0.0.1:")) << text.out;
  EXPECT_NE(text.out.find("1200 of ~4800, 25%"), std::string::npos) << text.out;
  const Output json = run({"status", "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out).at("state"), "snapshot");
}

TEST_F(StatusCommandTest, StatusReadsTheStateFileWhenNobodyAnswers) {
  start();
  server_.reset();
  store_position();
  const Output text = run({"status"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(text.out.starts_with("relay unreachable: ask the relay at http://127.0.0.1:"))
      << text.out;
  EXPECT_NE(text.out.find("82AA"), std::string::npos) << text.out;
  EXPECT_EQ(nlohmann::json::parse(run({"status", "--json"}).out).at("state"), "unreachable");
}

TEST_F(StatusCommandTest, StatusReadsTheStateFileOfARelayWithoutHttp) {
  environment_["RELAY_HTTP_LISTEN"] = "";
  store_position();
  const Output text = run({"status"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(text.out.starts_with("relay unreachable: http.listen is empty")) << text.out;
}

TEST_F(StatusCommandTest, WithNeitherThereIsNothingToShow) {
  start();
  server_.reset();
  const Output text = run({"status"});
  EXPECT_EQ(text.exit_code, 5);
  EXPECT_EQ(text.out, "");
  EXPECT_NE(text.err.find("nobody takes connections there\nerror: read the state file"),
            std::string::npos)
      << text.err;
  EXPECT_NE(text.err.find("\ntry: "), std::string::npos);
}

TEST_F(StatusCommandTest, WishesReachTheRelay) {
  start("s3cret");
  environment_["RELAY_HTTP_TOKEN"] = "s3cret";
  EXPECT_EQ(run({"pause"}).out, "the relay pauses\n");
  EXPECT_EQ(run({"resume"}).out, "the relay goes on\n");
  const Output snapshot = run({"snapshot", "sales.orders", "odd/na me"});
  EXPECT_EQ(snapshot.exit_code, 0) << snapshot.err;
  EXPECT_EQ(
      snapshot.out,
      "the snapshot of sales.orders is on its way\nthe snapshot of odd/na me is on its way\n");
  EXPECT_EQ(wishes_.copy(),
            (std::vector<std::string>{"pause", "resume", "sales.orders", "odd/na me"}));
}

TEST_F(StatusCommandTest, AWrongTokenIsAMistakeInTheSettings) {
  start("s3cret");
  environment_["RELAY_HTTP_TOKEN"] = "guess";
  const Output pause = run({"pause"});
  EXPECT_EQ(pause.exit_code, 2);
  EXPECT_TRUE(pause.err.starts_with("error: pause: the relay answers 401, ")) << pause.err;
  EXPECT_NE(pause.err.find("\ntry: "), std::string::npos);
  EXPECT_EQ(pause.err.find("guess"), std::string::npos);
  EXPECT_TRUE(wishes_.copy().empty());
}

TEST_F(StatusCommandTest, AnUnknownTableDoesNotKeepTheOthersFromTheirSnapshot) {
  start();
  const Output snapshot = run({"snapshot", "no.such", "sales.orders"});
  EXPECT_EQ(snapshot.exit_code, 2);
  EXPECT_EQ(snapshot.out, "the snapshot of sales.orders is on its way\n");
  EXPECT_TRUE(snapshot.err.starts_with("error: snapshot of no.such: the relay answers 404, "))
      << snapshot.err;
}

TEST_F(StatusCommandTest, WithoutARelayThereIsNobodyToSteer) {
  start();
  server_.reset();
  for (const char* command : {"pause", "resume"}) {
    const Output output = run({command});
    EXPECT_EQ(output.exit_code, 6);
    EXPECT_TRUE(output.err.starts_with("error: ask the relay at http://127.0.0.1:")) << output.err;
    EXPECT_NE(output.err.find("\ntry: start it"), std::string::npos);
  }
  environment_["RELAY_HTTP_LISTEN"] = "";
  EXPECT_EQ(run({"pause"}).exit_code, 2);
}

}  // namespace
}  // namespace relay
