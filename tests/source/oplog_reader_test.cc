// What the source shows of its oplog.
#include "source/oplog_reader.h"

#include <gtest/gtest.h>

#include "source/mongo_fixture.h"

namespace relay {
namespace {

// On a server of its own: others fill the oplog of the common one.
TEST(OplogReaderTest, ShowsItsEndsAndItsSize) {
  const MongoServer server(MongoServer::Options{});
  MongoShell shell(server.uri());
  const std::string database = fresh_database();
  shell.insert(database, "a", "1");
  const auto source =
      make_source(options_for({.database = database, .everything = true}, server.uri()));
  const auto before = source->read_oplog();
  ASSERT_TRUE(before.ok()) << before.error().message;
  ASSERT_TRUE(before.value());
  shell.insert_many(database, "a", 10, 100, 10'000);
  const auto after = source->read_oplog();
  ASSERT_TRUE(after.ok() && after.value());
  EXPECT_LE(before.value()->first, before.value()->last);
  EXPECT_EQ(after.value()->first, before.value()->first) << "there is room for more";
  EXPECT_GT(after.value()->last, before.value()->last);
  EXPECT_GE(after.value()->bytes, before.value()->bytes + 1'000'000);
  EXPECT_GT(after.value()->bytes_max, after.value()->bytes);
}

TEST(OplogReaderTest, WithoutTheRightItIsRefusedAndTheStreamGoesOn) {
  MongoServer::Options server;
  server.auth = true;
  const MongoServer guarded(server);
  MongoShell admin(guarded.uri());
  admin.run("admin",
            R"({"createUser": "reader", "pwd": "pw", "roles": [{"role": "read", "db": "shop"}]})");
  const auto source = make_source(
      options_for({.database = "shop", .everything = true}, guarded.uri_for("reader", "pw")));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  const auto refused = source->read_oplog();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::source_refused) << refused.error().message;
  admin.insert("shop", "a", "1");
  EXPECT_GE(read_events(*source, 1).size(), 1U);

  admin.run("admin",
            R"({"grantRolesToUser": "reader", "roles": [{"role": "read", "db": "local"}]})");
  const auto granted = source->read_oplog();
  EXPECT_TRUE(granted.ok()) << "what relay plan says to type is enough";
}

}  // namespace
}  // namespace relay
