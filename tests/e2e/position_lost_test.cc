// A source that no longer holds the position: the relay stops and says so, and never skips.
#include <stdexcept>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class PositionLostTest : public RealServersTest {
 protected:
  PositionLostTest()
      : small_([] {
          MongoServer::Options options;
          // The log is cut at checkpoints only, and those come every minute by default.
          options.extra_args = {"--oplogSize", "8", "--syncdelay", "1"};
          return options;
        }()),
        writer_(small_.uri(), database()) {
    begin_ = iso_time(writer_.server_seconds());
  }

  Ended run_once(const std::string& state_file) {
    return run({"cdc-relay",
                "--once",
                "--source",
                small_.uri(),
                "--target",
                target_uri(),
                "--table",
                database() + ".orders=sales.orders",
                "--set",
                "stream.start=" + begin_,
                "--set",
                "state.path=" + state_file});
  }

  // 0: not known this time, because the log was cut while it was read.
  std::uint32_t oldest_second() {
    MongoClient local(small_.uri(), "local");
    std::unique_ptr<Bson> first;
    try {
      first = local.find_one("oplog.rs", "{}");
    } catch (const std::runtime_error&) {
      return 0;
    }
    bson_iter_t at;
    std::uint32_t seconds = 0;
    std::uint32_t increment = 0;
    if (first != nullptr && first->find("ts", at)) bson_iter_timestamp(&at, &seconds, &increment);
    return seconds;
  }

  // Writes elsewhere until the server has cut everything of this second away.
  bool outrun(std::uint32_t second) {
    const std::vector<Bson> ballast(
        8, Bson(R"({"text": ")" + std::string(std::size_t{1} << 20U, 'x') + "\"}"));
    return wait_until(kPatience, [&] {
      for (int i = 0; i < 3; ++i)
        writer_.insert_raw("ballast", ballast);
      return oldest_second() > second;
    });
  }

  MongoServer small_;
  MongoClient writer_;
};

TEST_F(PositionLostTest, TheRelayStopsWithAHintAndChangesNothing) {
  writer_.insert("orders", R"({"_id": 1, "n": 1})");
  const Ended first = run_once("relay.db");
  ASSERT_EQ(first.exit_code, 0) << first.log;
  const std::string token = stored_token();
  writer_.update("orders", R"({"_id": 1})", R"({"$set": {"n": 2}})");
  ASSERT_TRUE(outrun(writer_.server_seconds()));

  const Ended lost = run_once("relay.db");
  EXPECT_EQ(lost.exit_code, 3) << lost.log;
  EXPECT_TRUE(lost.complaint.starts_with("error: ")) << lost.log;
  EXPECT_NE(lost.complaint.find("\ntry: the source no longer holds the stored position"),
            std::string::npos)
      << lost.log;
  EXPECT_EQ(stored_token(), token);
  EXPECT_EQ(target_.cell("SELECT data->>'n' FROM sales.orders WHERE oid = '1'"), "1");

  target_.run("DROP SCHEMA relay CASCADE");
  const Ended too_early = run_once("another.db");
  EXPECT_EQ(too_early.exit_code, 3) << "a start time before the history\n" << too_early.log;
  EXPECT_EQ(row_count(), "1");
}

}  // namespace
}  // namespace relay
