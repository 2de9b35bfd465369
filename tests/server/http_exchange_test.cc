#include "server/http_exchange.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace relay {
namespace {

class HttpExchangeTest : public testing::Test {
 protected:
  HttpExchange exchange{[this](const HttpRequest& request) {
    requests.push_back(request);
    return answer;
  }};
  HttpAnswer answer{.status = 200, .content_type = "text/plain", .body = "ok\n", .headers = {}};
  std::vector<HttpRequest> requests;
};

TEST_F(HttpExchangeTest, TheResponderSeesWhatWasAsked) {
  const std::string text = exchange.answer(
      "POST /tables/a%20b/snapshot?x=1 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer t\r\n"
      "origin: http://localhost\r\n\r\n",
      "10.0.0.9");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].path, "/tables/a b/snapshot");
  EXPECT_EQ(requests[0].hosts, std::vector<std::string>{"localhost"});
  EXPECT_EQ(requests[0].authorization, "Bearer t");
  EXPECT_EQ(requests[0].origin, "http://localhost");
  EXPECT_EQ(requests[0].peer, "10.0.0.9");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\nok\n")) << text;
}

// The library puts the peer's address among the headers, where anybody can put one.
TEST_F(HttpExchangeTest, ThePeerCannotBeForged) {
  exchange.answer("GET / HTTP/1.1\r\nREMOTE_ADDR: 127.0.0.1\r\n\r\n", "10.0.0.9");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].peer, "10.0.0.9");
}

TEST_F(HttpExchangeTest, TwoHostsAreSeenAsTwo) {
  exchange.answer("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].hosts.size(), 2U);
}

TEST_F(HttpExchangeTest, HeadHasHeadersAndNoBody) {
  const std::string text = exchange.answer("HEAD / HTTP/1.1\r\n\r\n", "");
  EXPECT_NE(text.find("Content-Length: 3\r\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
}

// Parts of an answer are not served: the library would cut the body under a status of ours, and it
// reads the header with a regular expression whose recursion a long one makes deep.
TEST_F(HttpExchangeTest, RangesAreIgnored) {
  const std::string text = exchange.answer("GET / HTTP/1.1\r\nRange: bytes=0-0\r\n\r\n", "");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 ")) << text;
  EXPECT_TRUE(text.ends_with("ok\n"));
  std::string many = "GET / HTTP/1.1\r\nRANGE: bytes=0-1";
  while (many.size() < 8'000)
    many += ",0-1";
  EXPECT_TRUE(exchange.answer(many + "\r\n\r\n", "").ends_with("ok\n"));
}

TEST_F(HttpExchangeTest, ABodyIsNotWaitedFor) {
  const std::string text = exchange.answer(
      "POST /pause HTTP/1.1\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n", "");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 ")) << text;
  EXPECT_EQ(requests.size(), 1U);
}

TEST_F(HttpExchangeTest, WhatIsNoHttpIsRefusedUnseen) {
  for (const char* head : {"\r\n\r\n",
                           "GET\r\n\r\n",
                           "GET /\r\n\r\n",
                           "GET / HTTP/3.0\r\n\r\n",
                           "FETCH / HTTP/1.1\r\n\r\n",
                           "GET / HTTP/1.1 more\r\n\r\n",
                           "\x16\x03\x01\x02\r\n\r\n"}) {
    EXPECT_TRUE(exchange.answer(head, "").starts_with("HTTP/1.1 400 ")) << head;
  }
  EXPECT_TRUE(requests.empty());
}

TEST(HttpExchangeFailureTest, AnExceptionTellsNothing) {
  HttpExchange exchange(
      [](const HttpRequest&) -> HttpAnswer { throw std::runtime_error("inside"); });
  const std::string text = exchange.answer("GET / HTTP/1.1\r\n\r\n", "");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 500 ")) << text;
  EXPECT_EQ(text.find("inside"), std::string::npos) << text;
}

}  // namespace
}  // namespace relay
