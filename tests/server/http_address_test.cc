#include "server/http_address.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(HttpAddressTest, ReadsNamesAndBothKindsOfAddresses) {
  const Result<HttpAddress> name = parse_http_address("localhost:8686");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name.value().host, "localhost");
  EXPECT_EQ(name.value().port, 8686);
  const Result<HttpAddress> v6 = parse_http_address("[::1]:0");
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6.value().host, "::1");
  EXPECT_EQ(format_http_url({"::1", 80}), "http://[::1]:80");
  EXPECT_EQ(format_http_url({"127.0.0.1", 8686}), "http://127.0.0.1:8686");
}

TEST(HttpAddressTest, RefusesWhatIsNoHostAndPort) {
  for (const char* text : {"",
                           ":",
                           ":80",
                           "host",
                           "host:",
                           "host:x",
                           "host:65536",
                           "host:-1",
                           "[::1]",
                           "[::1",
                           "[]:80",
                           "[::1]x:80",
                           "::1:80"}) {
    const Result<HttpAddress> address = parse_http_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.error().kind, ErrorKind::config_invalid);
  }
}

TEST(HttpAddressTest, LoopbackIsThisMachineAndNothingElse) {
  for (const char* ip : {"127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback(ip)) << ip;
  for (const char* ip : {"10.0.0.1",
                         "0.0.0.0",
                         "::",
                         "::2",
                         "::ffff:10.0.0.1",
                         "128.0.0.1",
                         "127.evil.com",
                         "127.1",
                         ""})
    EXPECT_FALSE(is_loopback(ip)) << ip;
}

TEST(HttpAddressTest, EveryAddressIsReachedThroughThisMachine) {
  EXPECT_EQ(to_local({"0.0.0.0", 1}).host, "127.0.0.1");
  EXPECT_EQ(to_local({"::", 1}).host, "::1");
  EXPECT_EQ(to_local({"10.0.0.7", 1}).host, "10.0.0.7");
}

TEST(HttpAddressTest, NamesThatNoStrangerCanHaveAreTaken) {
  const HostNames names{.listen = "relay.intern.example", .machine = "db7.example.org"};
  for (const char* host : {"127.0.0.1",
                           "127.0.0.1:8686",
                           "10.1.2.3:8686",
                           "[::1]:8686",
                           "[fe80::1]",
                           "localhost",
                           "LocalHost:8686",
                           "a.localhost",
                           "relay:8686",
                           "relay.intern.example:8686",
                           "DB7.example.org"})
    EXPECT_TRUE(is_host_allowed(host, names)) << host;
}

TEST(HttpAddressTest, NamesThatLeadHereFromOutsideAreNot) {
  const HostNames names{.listen = "127.0.0.1", .machine = "db7"};
  for (const char* host : {"evil.example",
                           "evil.example:8686",
                           "127.0.0.1.evil.example",
                           "localhost.evil.example",
                           "db7.evil.example",
                           "",
                           ":8686",
                           "[::1",
                           "[evil.example]",
                           "[a:b]",
                           "localhost:x",
                           "localhost:1:2",
                           "127.0.0.1@evil.example"})
    EXPECT_FALSE(is_host_allowed(host, names)) << host;
}

}  // namespace
}  // namespace relay
