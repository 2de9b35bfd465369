// Events that the server cannot send in one reply: the relay passes them by their key, and loses
// nothing before or behind them.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr std::size_t kDocumentBytesMax = std::size_t{16} << 20U;  // Of a MongoDB document.
constexpr char kPassed[] = "an event is too large for the source to send";

// A key of 9 KB is in the event once more, and so is the token of 7.5 KB that is made of it:
// together more than the 16 KB that an event may have beyond a document, and too much for a
// fragment with the document too. As key text it has less than 2,692 bytes.
Bson large_key(int number) {
  std::string elements = std::to_string(number);
  for (int i = 0; i < 890; ++i)
    elements += ",{}";
  return Bson(R"({"a": [)" + elements + "]}");
}

// As large as documents get.
Bson large_document(int number) {
  const Bson key = large_key(number);
  const auto with_text = [&](std::size_t size) {
    Bson document;
    const std::string text(size, 'x');
    bson_append_document(document.get(), "_id", -1, key.get());
    bson_append_int32(document.get(), "number", -1, number);
    bson_append_utf8(document.get(), "text", -1, text.data(), static_cast<int>(text.size()));
    return document;
  };
  return with_text(kDocumentBytesMax - with_text(0).get()->len);
}

class LargeEventsTest : public RealServersTest {
 protected:
  void insert_large(int number) { source_.insert_raw("orders", {large_document(number)}); }
  std::string letter_count() { return target_.cell("SELECT count(*) FROM relay.dead_letter"); }
};

// All of it waits in the oplog, so that the large events are in the middle of replies.
TEST_F(LargeEventsTest, ABacklogWithEventsOfMoreThanSixteenMegabytesArrivesWhole) {
  insert(0, 30);
  insert_large(1);
  insert(30, 60);
  insert_large(2);
  insert_large(3);
  source_.update("orders", R"({"number": 2})", R"({"$inc": {"number": 20}})");
  source_.remove("orders", R"({"_id.a": 3})");
  insert(60, 90);
  const Ended ended = run(once_command());
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_NE(ended.log.find(kPassed), std::string::npos) << ended.log;
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "92");
  EXPECT_EQ(letter_count(), "0");
}

TEST_F(LargeEventsTest, ARunningRelayPassesThemAndGoesOn) {
  const auto relay = start_streaming();
  for (int number = 1; number <= 2; ++number) {
    insert_large(number);
    insert(number);
    ASSERT_TRUE(wait_for_row(std::to_string(number))) << relay->log();
  }
  EXPECT_TRUE(relay->wait_for_log(kPassed, 2)) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "4");
}

// A short command with a long answer: the server names every field that it changed in full, 20,000
// times 1,000 letters. A log of events asks for that, a mirror does not. The padding keeps the
// server from writing the whole inner document to the oplog instead.
TEST_F(LargeEventsTest, AnUpdateThatChangesMoreThanSixteenMegabytesIsLoggedWithoutItsChange) {
  const std::string name(1'000, 'n');
  std::string fields = R"("padding": ")" + std::string(1'000'000, 'p') + "\"";
  for (int i = 0; i < 20'000; ++i)
    fields += ", \"f" + std::to_string(i) + "\": 0";
  source_.insert("orders", R"({"_id": 1, ")" + name + R"(": {)" + fields + "}}");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"small": 1}})");
  source_.update(
      "orders",
      R"({"_id": 1})",
      R"([{"$set": {")" + name +
          R"(": {"$arrayToObject": {"$map": {"input": {"$objectToArray": "$)" + name +
          R"("}, "in": {"k": "$$this.k", "v": {"$cond": [{"$eq": ["$$this.k", "padding"]},
                     "$$this.v", 1]}}}}}}}])");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"small": 2}})");
  const std::filesystem::path file = directory_.path() / "relay.toml";
  write_file(file,
             "source.uri = \"" + mongo().uri() + "\"\ntarget.uri = \"" + target_uri() +
                 "\"\nstream.start = \"" + begin_ + "\"\n[[table]]\nfrom = \"" + database() +
                 ".orders\"\nto = \"sales.orders\"\nmode = \"append\"\n");
  const Ended ended = run({"--config", file, "cdc-relay", "--once"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_NE(ended.log.find(kPassed), std::string::npos) << ended.log;
  EXPECT_EQ(target_.cell("SELECT string_agg(coalesce(change->'updatedFields'->>'small', '-') || "
                         "(document->>'small'), ' ' ORDER BY position) FROM sales.orders "
                         "WHERE operation = 'update'"),
            "12 -2 22")
      << ended.log;
}

}  // namespace
}  // namespace relay
