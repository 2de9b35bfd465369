#include "source/mongo_pool.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::chrono_literals;

std::int32_t option_of(const UriPointer& uri, const char* name) {
  return mongoc_uri_get_option_as_int32(uri.get(), name, -1);
}

TEST(MongoPoolTest, TimeoutsAndPoolAreMadeToFit) {
  const Result<UriPointer> uri = parse_uri(Secret("mongodb://db/?maxPoolSize=1"), 1'500ms);
  ASSERT_TRUE(uri.ok());
  EXPECT_EQ(option_of(uri.value(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS), 1'500);
  EXPECT_EQ(option_of(uri.value(), MONGOC_URI_CONNECTTIMEOUTMS), 1'500);
  EXPECT_EQ(option_of(uri.value(), MONGOC_URI_SOCKETTIMEOUTMS), 600'000);
  EXPECT_GE(option_of(uri.value(), MONGOC_URI_MAXPOOLSIZE), 3) << "reader, look-up and one more";
  EXPECT_STREQ(mongoc_uri_get_appname(uri.value().get()), "relay");
}

TEST(MongoPoolTest, SettingsOfTheConnectionStringWin) {
  const Result<UriPointer> uri = parse_uri(
      Secret(
          "mongodb://db/?socketTimeoutMS=7000&connectTimeoutMS=8000&appName=shop&maxPoolSize=90"),
      1s);
  ASSERT_TRUE(uri.ok());
  EXPECT_EQ(option_of(uri.value(), MONGOC_URI_SOCKETTIMEOUTMS), 7'000);
  EXPECT_EQ(option_of(uri.value(), MONGOC_URI_CONNECTTIMEOUTMS), 8'000);
  EXPECT_EQ(option_of(uri.value(), MONGOC_URI_MAXPOOLSIZE), 90);
  EXPECT_STREQ(mongoc_uri_get_appname(uri.value().get()), "shop");
}

TEST(MongoPoolTest, HostsAreNamedWithoutTheLogin) {
  const auto pool = MongoPool::make(Secret("mongodb://me:hunter2@a:1,b/?replicaSet=rs0"), 1s);
  ASSERT_TRUE(pool.ok());
  EXPECT_EQ(pool.value()->hosts(), "a:1,b:27017");
}

// The driver quotes what it could not read.
TEST(MongoPoolTest, ErrorsDoNotQuoteThePassword) {
  for (const std::string text :
       {"mongodb://me:hun/ter2@a/",
        "mongodb://me:hunter2%@a/",
        "mongodb://me:hun:ter2@a/",
        "hunter2",
        "mongodb://",
        "mongodb://a/?replicaSet=&tls=hunter2",
        "mongodb://a/?readPreferenceTags=hunter2",
        "mongodb://a/?tlsCertificateKeyFilePassword=x&sslClientCertificateKeyPassword=hunter2",
        "mongodb://a/?hunter2"}) {
    const Result<UriPointer> uri = parse_uri(Secret(text), 1s);
    if (uri.ok()) continue;
    EXPECT_EQ(uri.error().kind, ErrorKind::config_invalid) << text;
    EXPECT_EQ(uri.error().message.find("ter2"), std::string::npos) << uri.error().message;
    EXPECT_FALSE(uri.error().hint.empty());
  }
}

TEST(MongoPoolTest, NonsenseIsRefused) {
  for (const std::string text :
       {"", "postgresql://db/", "mongodb://", "mongodb://me:hun/ter2@a/"}) {
    EXPECT_FALSE(parse_uri(Secret(text), 1s).ok()) << text;
  }
}

}  // namespace
}  // namespace relay
