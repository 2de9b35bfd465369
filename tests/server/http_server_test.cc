// The server on a real socket: who is slow, rude or many must not keep anybody else from being
// served.
#include "server/http_server.h"

#include <atomic>
#include <list>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "server/raw_client.h"
#include "support/sample_report.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

class HttpServerTest : public testing::Test {
 protected:
  // On any port of loopback.
  HttpServer& start(HttpServer::Options options = {}) {
    options.listen = "127.0.0.1:0";
    return *servers.emplace_back(open(std::move(options)));
  }

  std::unique_ptr<HttpServer> open(HttpServer::Options options) {
    const RelayFace face{.report = [this] { return report; },
                         .pause = [this] { return count_pause(); },
                         .resume = [] { return SteerAnswer{}; },
                         .snapshot = [](const std::string&) { return SteerAnswer{}; }};
    Result<std::unique_ptr<HttpServer>> server = HttpServer::open(std::move(options), face, clock);
    EXPECT_TRUE(server.ok());
    return std::move(server.value());
  }

  SteerAnswer count_pause() {
    ++pauses;
    return {};
  }

  SystemClock clock;
  RelayReport report;
  std::atomic<int> pauses = 0;
  std::list<std::unique_ptr<HttpServer>> servers;  // Go before what they show.
};

TEST_F(HttpServerTest, AnswersAndCloses) {
  const HttpServer& server = start();
  const std::string text = fetch(server.port(), get("/healthz"));
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_TRUE(text.ends_with("\r\n\r\nok\n")) << text;
  EXPECT_TRUE(fetch(server.port(), "POST /pause HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 202 "));
  EXPECT_EQ(pauses, 1);
}

TEST_F(HttpServerTest, ARequestMayComeAByteAtATime) {
  const HttpServer& server = start();
  RawClient client(server.port());
  for (const char c : get("/healthz"))
    ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_TRUE(client.read_all().ends_with("ok\n"));
}

TEST_F(HttpServerTest, SlowClientsHoldUpNobody) {
  const HttpServer& server = start();
  std::list<RawClient> slow;
  for (int i = 0; i < 40; ++i)
    slow.emplace_back(server.port()).send("GET /metrics HTTP/1.1\r\nHost: 127");
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(fetch(server.port(), get("/healthz")).ends_with("ok\n"));
  slow.back().send(".0.0.1\r\n\r\n");
  EXPECT_TRUE(slow.back().read_all().starts_with("HTTP/1.1 200 ")) << "slow is not refused either";
}

TEST_F(HttpServerTest, OneTooManyPushesTheOldestOut) {
  const HttpServer& server = start({.connections_max = 4});
  std::list<RawClient> slow;
  for (int i = 0; i < 4; ++i)
    slow.emplace_back(server.port()).send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(fetch(server.port(), get("/healthz")).ends_with("ok\n"));
  EXPECT_EQ(slow.front().read_all(), "");
  slow.back().send("\r\n");
  EXPECT_TRUE(slow.back().read_all().starts_with("HTTP/1.1 200 ")) << "the newest one stays";
}

TEST_F(HttpServerTest, WhoNeverFinishesIsDropped) {
  const HttpServer& server = start({.exchange_max = 200ms});
  RawClient silent(server.port());
  RawClient half(server.port());
  half.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_EQ(half.read_all(), "");
}

// Its answer fills the kernel's buffers and stays there.
TEST_F(HttpServerTest, WhoNeverReadsHoldsUpNobodyAndIsDropped) {
  report.streams.resize(1);
  report.streams[0].tables.resize(12'000, sample_table());
  const HttpServer& server = start({.exchange_max = 1s});
  RawClient greedy(server.port(), 4'096);
  greedy.send(get("/status"));
  EXPECT_TRUE(fetch(server.port(), get("/healthz")).ends_with("ok\n"));
  const auto dropped_by = std::chrono::steady_clock::now() + 20s;
  while (greedy.send(get("/status")) && std::chrono::steady_clock::now() < dropped_by)
    std::this_thread::yield();
  EXPECT_LT(std::chrono::steady_clock::now(), dropped_by);
}

TEST_F(HttpServerTest, HeadersBeyondTheLimitAreRefused) {
  const HttpServer& server = start();
  const std::string line = "X-Padding: ";
  const std::string begin = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + line;
  const std::string fits(kHeadBytesMax - begin.size() - 4, 'x');
  EXPECT_TRUE(fetch(server.port(), begin + fits + "\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(fetch(server.port(), begin + fits + "x\r\n\r\n").starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(fetch(server.port(), begin + std::string(30'000, 'x')).starts_with("HTTP/1.1 431 "));
}

// A body means nothing here, but closing before it is read would take the answer with it.
TEST_F(HttpServerTest, ABodyDoesNotCostTheAnswer) {
  const HttpServer& server = start();
  const std::string text =
      fetch(server.port(),
            "POST /pause HTTP/1.1\r\nContent-Length: 40000\r\n\r\n" + std::string(40'000, 'x'));
  EXPECT_TRUE(text.starts_with("HTTP/1.1 202 ")) << text;
}

TEST_F(HttpServerTest, ManyAtOnceAreAllServed) {
  const HttpServer& server = start();
  std::atomic<int> served = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&] {
        for (int j = 0; j < 25; ++j) {
          if (fetch(server.port(), get("/metrics")).starts_with("HTTP/1.1 200 ")) ++served;
        }
      });
    }
  }
  EXPECT_EQ(served, 200);
}

TEST_F(HttpServerTest, StopsWhileClientsAreConnected) {
  std::unique_ptr<HttpServer> server = open({.listen = "127.0.0.1:0"});
  const std::uint16_t port = server->port();
  RawClient idle(port);
  RawClient half(port);
  half.send("GET / HTTP/1.1\r\n");
  server.reset();
  EXPECT_THROW(RawClient{port}, std::runtime_error);
}

TEST_F(HttpServerTest, APortInUseIsAnErrorOfTheSettings) {
  const HttpServer& first = start();
  const std::string listen = "127.0.0.1:" + std::to_string(first.port());
  const Result<std::unique_ptr<HttpServer>> second =
      HttpServer::open({.listen = listen}, RelayFace{}, clock);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::config_invalid);
  EXPECT_EQ(second.error().message, "listen on http.listen=" + listen + ": Address already in use");
  EXPECT_NE(second.error().hint.find("http.listen"), std::string::npos);
}

TEST_F(HttpServerTest, AnAddressOfSomebodyElseIsAnErrorOfTheSettings) {
  for (const char* listen : {"192.0.2.1:0", "no.such.name.invalid:0", "127.0.0.1:x"}) {
    const Result<std::unique_ptr<HttpServer>> server =
        HttpServer::open({.listen = listen}, RelayFace{}, clock);
    ASSERT_FALSE(server.ok()) << listen;
    EXPECT_EQ(server.error().kind, ErrorKind::config_invalid);
  }
}

TEST_F(HttpServerTest, LocalhostIsServedOnIpv4) {
  std::unique_ptr<HttpServer> server = open({.listen = "localhost:0"});
  std::unique_ptr<HttpServer> every = open({.listen = "0.0.0.0:0"});
  EXPECT_GT(server->port(), 0);
  EXPECT_TRUE(fetch(every->port(), get("/healthz")).ends_with("ok\n"));
}

}  // namespace
}  // namespace relay
