#include "server/routes.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/sample_report.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

class RoutesTest : public testing::Test {
 protected:
  HttpAnswer ask(const std::string& method,
                 const std::string& path,
                 const std::map<std::string, std::string>& more = {}) {
    HttpRequest request{.method = method,
                        .path = path,
                        .hosts = {"127.0.0.1:8686"},
                        .authorization = "",
                        .origin = "",
                        .peer = "127.0.0.1"};
    for (const auto& [name, value] : more) {
      if (name == "host") request.hosts = {value};
      if (name == "authorization") request.authorization = value;
      if (name == "origin") request.origin = value;
      if (name == "peer") request.peer = value;
    }
    return respond(request);
  }

  HttpAnswer respond(const HttpRequest& request) {
    const auto wish = [this](std::string name) {
      wishes.push_back(std::move(name));
      return steer;
    };
    const RelayFace face{.report = [this] { return report; },
                         .pause = [wish] { return wish("pause"); },
                         .resume = [wish] { return wish("resume"); },
                         .snapshot = [wish](const std::string& table) { return wish(table); }};
    const HostNames names{.listen = "127.0.0.1", .machine = "db7"};
    return Routes(face, Secret(token), names, clock).respond(request);
  }

  static std::string header(const HttpAnswer& answer, const std::string& name) {
    for (const auto& [key, value] : answer.headers) {
      if (key == name) return value;
    }
    return "";
  }

  FakeClock clock;
  RelayReport report = sample_report();
  std::string token;
  SteerAnswer steer;
  std::vector<std::string> wishes;
};

TEST_F(RoutesTest, EveryPathOfTheContractAnswers) {
  const HttpAnswer page = ask("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(header(page, "Content-Security-Policy").starts_with("default-src 'none'"));
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
  EXPECT_EQ(ask("GET", "/healthz").body, "ok\n");
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
  EXPECT_EQ(ask("GET", "/status").status, 200);
  EXPECT_EQ(ask("GET", "/status").content_type, "application/json");
  EXPECT_EQ(ask("GET", "/metrics").status, 200);
  EXPECT_EQ(ask("GET", "/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(ask("HEAD", "/healthz").status, 200);
}

TEST_F(RoutesTest, HealthAndReadinessSayNoWith503) {
  clock.advance(1h);
  EXPECT_EQ(ask("GET", "/healthz").status, 503);
  EXPECT_TRUE(ask("GET", "/healthz").body.starts_with("stuck: thread relay-read"));
  report = sample_report();
  report.state = RelayState::waiting;
  report.threads.clear();
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/readyz").body, "waiting\n");
}

TEST_F(RoutesTest, WishesReachTheRelayAndAreAnsweredWith202) {
  EXPECT_EQ(ask("POST", "/pause").status, 202);
  EXPECT_EQ(ask("POST", "/resume").status, 202);
  EXPECT_EQ(ask("POST", "/tables/sales.orders/snapshot").status, 202);
  EXPECT_EQ(wishes, (std::vector<std::string>{"pause", "resume", "sales.orders"}));
}

TEST_F(RoutesTest, AnUnknownTableIs404AndARefusal409) {
  steer.outcome = SteerOutcome::unknown_table;
  EXPECT_EQ(ask("POST", "/tables/no.such/snapshot").status, 404);
  steer = {SteerOutcome::refused, "this relay is a standby"};
  const HttpAnswer refused = ask("POST", "/pause");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.body, "{\"error\":\"this relay is a standby\"}\n");
}

TEST_F(RoutesTest, ATokenThatIsSetIsNeededFromEverywhere) {
  token = "s3cret";
  for (const char* given : {"",
                            "Bearer",
                            "Bearer ",
                            "Bearer S3cret",
                            "Bearer s3cret ",
                            "Bearer s3",
                            "Bearer s3cret2",
                            "Basic s3cret",
                            "s3cret"}) {
    const HttpAnswer answer = ask("POST", "/pause", {{"authorization", given}});
    EXPECT_EQ(answer.status, 401) << given;
    EXPECT_EQ(header(answer, "WWW-Authenticate"), "Bearer realm=\"relay\"");
  }
  EXPECT_EQ(ask("POST", "/tables/no.such/snapshot").status, 401) << "before the table is looked up";
  EXPECT_TRUE(wishes.empty());
  EXPECT_EQ(
      ask("POST", "/pause", {{"authorization", "Bearer s3cret"}, {"peer", "10.0.0.9"}}).status,
      202);
  EXPECT_EQ(ask("POST", "/resume", {{"authorization", "bearer s3cret"}}).status, 202);
}

TEST_F(RoutesTest, WithoutATokenOnlyThisMachineSteers) {
  EXPECT_EQ(ask("POST", "/pause", {{"peer", "10.0.0.9"}}).status, 403);
  EXPECT_EQ(ask("POST", "/pause", {{"peer", ""}}).status, 403);
  EXPECT_TRUE(wishes.empty());
  EXPECT_EQ(ask("POST", "/pause", {{"peer", "::1"}}).status, 202);
  EXPECT_EQ(ask("GET", "/status", {{"peer", "10.0.0.9"}}).status, 200);
}

// A browser on this machine is on this machine, whoever wrote the page it shows.
TEST_F(RoutesTest, APageOfAnotherSiteCannotSteer) {
  for (const char* origin : {"http://evil.example",
                             "null",
                             "http://127.0.0.1:9999",
                             "http://127.0.0.1:8686.evil.example"})
    EXPECT_EQ(ask("POST", "/pause", {{"origin", origin}}).status, 403) << origin;
  EXPECT_TRUE(wishes.empty());
  EXPECT_EQ(ask("POST", "/pause", {{"origin", "http://127.0.0.1:8686"}}).status, 202);
}

TEST_F(RoutesTest, AForeignHostNameIsRefusedOnEveryPath) {
  for (const char* path : {"/", "/healthz", "/status", "/metrics", "/nowhere"})
    EXPECT_EQ(ask("GET", path, {{"host", "evil.example:8686"}}).status, 403) << path;
  EXPECT_EQ(ask("POST", "/pause", {{"host", "evil.example"}}).status, 403);
  EXPECT_TRUE(wishes.empty());
}

TEST_F(RoutesTest, AProbeWithoutHostIsFineAndTwoHostsAreNot) {
  HttpRequest request{.method = "GET",
                      .path = "/healthz",
                      .hosts = {},
                      .authorization = "",
                      .origin = "",
                      .peer = "10.0.0.9"};
  EXPECT_EQ(respond(request).status, 200);
  request.hosts = {"127.0.0.1", "evil.example"};
  EXPECT_EQ(respond(request).status, 400);
}

TEST_F(RoutesTest, WrongPathsAndMethodsAreSaidSo) {
  for (const char* path : {"/nowhere",
                           "/status/",
                           "/tables",
                           "/tables//snapshot",
                           "/tables/snapshot",
                           "/tables/a/snapshot/",
                           "",
                           "/favicon.ico"})
    EXPECT_EQ(ask("GET", path).status, 404) << path;
  EXPECT_EQ(ask("POST", "/status").status, 405);
  EXPECT_EQ(header(ask("POST", "/status"), "Allow"), "GET, HEAD");
  EXPECT_EQ(ask("GET", "/pause").status, 405);
  EXPECT_EQ(header(ask("GET", "/pause"), "Allow"), "POST");
  EXPECT_EQ(ask("GET", "/tables/a/snapshot").status, 405);
  EXPECT_TRUE(wishes.empty()) << "a link must not be able to do anything";
}

TEST_F(RoutesTest, NothingIsCachedFramedOrGuessed) {
  for (const char* path : {"/", "/status", "/nowhere"}) {
    const HttpAnswer answer = ask("GET", path);
    EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
    EXPECT_EQ(header(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "");
  }
}

}  // namespace
}  // namespace relay
