// source.updates = "post-image": an updated document as it was right after its update, where the
// source keeps it, and as it is now everywhere else.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class PostImagesTest : public RealServersTest {
 protected:
  PostImagesTest() {
    source_.run(R"({"create": "orders", "changeStreamPreAndPostImages": {"enabled": true}})");
    source_.run(R"({"create": "plain"})");
  }

  // Every event of both collections is a row.
  Ended run_log(const std::string& updates) {
    const std::filesystem::path file = directory_.path() / "relay.toml";
    write_file(file,
               "source.uri = \"" + mongo().uri() + "\"\nsource.updates = \"" + updates +
                   "\"\ntarget.uri = \"" + target_uri() + "\"\nstream.start = \"" + begin_ +
                   "\"\n[[table]]\nfrom = \"" + database() +
                   ".*\"\nto = \"log.{collection}\"\nmode = \"append\"\n");
    return run({"--config", file, "cdc-relay", "--once"});
  }

  std::string versions(const std::string& table) {
    return target_.cell(
        "SELECT string_agg(coalesce(document->>'n', '-'), ' ' ORDER BY position) "
        "FROM log." +
        table + " WHERE operation IN ('insert', 'update')");
  }

  void write_versions(const std::string& collection) {
    source_.insert(collection, R"({"_id": 1, "n": 0})");
    for (int n = 1; n <= 3; ++n)
      source_.update(collection, R"({"_id": 1})", R"({"$set": {"n": )" + std::to_string(n) + "}}");
  }
};

TEST_F(PostImagesTest, EachUpdateShowsItsOwnVersionWhereImagesAreKept) {
  write_versions("orders");
  write_versions("plain");
  const Ended ended = run_log("post-image");
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(versions("orders"), "0 1 2 3");
  EXPECT_EQ(versions("plain"), "0 3 3 3") << "looked up, since the source keeps none";
}

// Another stream definition: what is stored is good for its time only, and nothing is lost or
// twice.
TEST_F(PostImagesTest, TheSettingMayChangeBetweenRuns) {
  write_versions("orders");
  const Ended first = run_log("lookup");
  EXPECT_EQ(first.exit_code, 0) << first.log;
  EXPECT_EQ(versions("orders"), "0 3 3 3");
  const std::string hash = target_.cell("SELECT pipeline_hash FROM relay.checkpoint");
  source_.update("orders", "{}", R"({"$set": {"n": 4}})");
  source_.update("orders", "{}", R"({"$set": {"n": 5}})");
  const Ended second = run_log("post-image");
  EXPECT_EQ(second.exit_code, 0) << second.log;
  EXPECT_NE(target_.cell("SELECT pipeline_hash FROM relay.checkpoint"), hash);
  EXPECT_EQ(target_.cell("SELECT count(*) FROM log.orders WHERE operation = 'update'"), "5");
  EXPECT_TRUE(versions("orders").ends_with(" 4 5")) << versions("orders");
}

TEST_F(PostImagesTest, AMirrorIsEqualWhereverItsDocumentsComeFrom) {
  const auto relay = start_streaming({"--set", "source.updates=post-image"});
  insert(0, 200);
  source_.update("orders", R"({"_id": {"$lt": 100}})", R"({"$inc": {"number": 1}})");
  source_.run(R"({"collMod": "orders", "changeStreamPreAndPostImages": {"enabled": false}})");
  source_.update("orders", R"({"_id": {"$gte": 50}})", R"({"$inc": {"number": 1}})");
  source_.remove("orders", R"({"_id": {"$gte": 190}})");
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_EQ(row_count(), "190");
}

}  // namespace
}  // namespace relay
