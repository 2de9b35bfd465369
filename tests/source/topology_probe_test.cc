#include "source/topology_probe.h"

#include <gtest/gtest.h>

#include "source/bson_document.h"

namespace relay {
namespace {

ServerTraits traits_of(const BsonDocument& hello) {
  return parse_hello(hello.view());
}

TEST(TopologyProbeTest, ServerWithoutSetAndRouterIsAStandalone) {
  const ServerTraits traits = traits_of(BsonDocument().add_int32("maxWireVersion", 17));
  EXPECT_TRUE(traits.is_standalone);
  EXPECT_EQ(traits.wire_version_max, 17);
  const std::optional<Error> verdict = judge_server(traits, "db:27017", "rs0");
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->kind, ErrorKind::source_refused);
  EXPECT_NE(verdict->hint.find("rs.initiate()"), std::string::npos);
  EXPECT_NE(verdict->message.find("db:27017"), std::string::npos);
}

TEST(TopologyProbeTest, MembersAndRoutersAreFine) {
  const ServerTraits member = traits_of(BsonDocument().add_text("setName", "rs0"));
  EXPECT_EQ(judge_server(member, "h", "rs0"), std::nullopt);
  EXPECT_EQ(judge_server(member, "h", ""), std::nullopt);
  EXPECT_EQ(judge_server(traits_of(BsonDocument().add_text("msg", "isdbgrid")), "h", ""),
            std::nullopt);
}

TEST(TopologyProbeTest, OtherSetIsRefusedWithItsName) {
  const std::optional<Error> verdict =
      judge_server(traits_of(BsonDocument().add_text("setName", "prod")), "h", "rs0");
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->kind, ErrorKind::source_refused);
  EXPECT_NE(verdict->hint.find("replicaSet=prod"), std::string::npos);
}

TEST(TopologyProbeTest, SetUnderAnotherNameIsNoticed) {
  const BsonArray hosts = BsonArray().add_text("db1:27017").add_text("db2:27017");
  const ServerTraits traits =
      traits_of(BsonDocument().add_text("setName", "rs0").add_array("hosts", hosts.items()));
  EXPECT_FALSE(is_under_another_name(traits, "db2:27017"));
  EXPECT_TRUE(is_under_another_name(traits, "localhost:27017"));
  EXPECT_FALSE(is_under_another_name({}, "localhost:27017")) << "mongos names nobody";
}

TEST(TopologyProbeTest, SetThatWaitsForItsFirstCommandIsWaitedFor) {
  const std::optional<Error> verdict =
      judge_server(traits_of(BsonDocument().add_bool("isreplicaset", true)), "h", "rs0");
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->kind, ErrorKind::source_unavailable);
  EXPECT_NE(verdict->hint.find("rs.initiate()"), std::string::npos);
}

}  // namespace
}  // namespace relay
