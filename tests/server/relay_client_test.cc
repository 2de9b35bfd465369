// The client against the real server: what one sends the other must understand.
#include "server/relay_client.h"

#include <memory>

#include <gtest/gtest.h>

#include "core/guarded.h"
#include "server/http_server.h"
#include "support/sample_report.h"

namespace relay {
namespace {

class RelayClientTest : public testing::Test {
 protected:
  HttpAddress start(const std::string& host, const std::string& token) {
    const RelayFace face{.report = [] { return sample_report(); },
                         .pause = [] { return SteerAnswer{}; },
                         .resume = [] { return SteerAnswer{}; },
                         .snapshot =
                             [this](const std::string& table) {
                               asked_.with([&](auto& all) { all.push_back(table); });
                               return SteerAnswer{};
                             }};
    Result<std::unique_ptr<HttpServer>> server =
        HttpServer::open({.listen = host + ":0", .token = Secret(token)}, face, clock_);
    EXPECT_TRUE(server.ok());
    server_ = std::move(server.value());
    HttpAddress address = parse_http_address(host + ":0").value();
    address.port = server_->port();
    return address;
  }

  SystemClock clock_;
  Guarded<std::vector<std::string>> asked_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(RelayClientTest, ReadsAndSteers) {
  const HttpAddress address = start("127.0.0.1", "s3cret");
  const Result<HttpReply> status = http_get(address, "/status");
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status.value().status, 200);
  EXPECT_TRUE(status.value().body.starts_with("{"));
  EXPECT_EQ(http_post(address, "/pause", Secret("s3cret")).value().status, 202);
  EXPECT_EQ(http_post(address, "/pause", Secret()).value().status, 401);
}

TEST_F(RelayClientTest, AnyTableNameArrivesWhole) {
  const HttpAddress address = start("127.0.0.1", "");
  const std::string odd = "s.a/b?c#d%e \"f\" \xc3\xa4+";
  const std::string path = "/tables/" + encode_path_part(odd) + "/snapshot";
  EXPECT_EQ(http_post(address, path, Secret()).value().status, 202);
  EXPECT_EQ(asked_.copy(), std::vector<std::string>{odd});
}

TEST_F(RelayClientTest, WhereNobodyListensIsSaid) {
  HttpAddress address = start("127.0.0.1", "");
  server_.reset();
  const Result<HttpReply> reply = http_get(address, "/status");
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::check_failed);
  EXPECT_EQ(reply.error().message,
            "ask the relay at " + format_http_url(address) + ": nobody takes connections there");
}

TEST(EncodePathPartTest, LeavesWhatNeedsNoEscape) {
  EXPECT_EQ(encode_path_part("sales.orders_1-2~"), "sales.orders_1-2~");
  EXPECT_EQ(encode_path_part("a/b %\xff"), "a%2Fb%20%25%FF");
}

}  // namespace
}  // namespace relay
