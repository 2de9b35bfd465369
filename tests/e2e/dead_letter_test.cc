// relay dead-letter: what people do with letters, while a relay runs or not.
#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

Bson with_duplicate_keys(const std::string& key) {
  Bson document;
  bson_append_utf8(document.get(), "_id", -1, key.data(), static_cast<int>(key.size()));
  bson_append_int32(document.get(), "a", -1, 4711);
  bson_append_int32(document.get(), "a", -1, 4712);
  return document;
}

class DeadLetterTest : public RealServersTest {
 protected:
  void write_settings(const std::string& tables) {
    write_file(directory_.path() / "relay.toml",
               "[source]\nuri = \"" + mongo().uri() + "\"\n[target]\nuri = \"" + target_uri() +
                   "\"\n[http]\nlisten = \"\"\n[stream]\nstart = " + begin_ + "\n" + tables);
  }
  [[nodiscard]] std::string orders_table() const {
    return "[[table]]\nfrom = \"" + database() + ".orders\"\nto = \"sales.orders\"\n";
  }
  [[nodiscard]] Ended call(Arguments arguments) const {
    arguments.insert(arguments.begin(), {"--config", "relay.toml"});
    return run(arguments);
  }
  [[nodiscard]] Ended dead_letter(Arguments arguments) const {
    arguments.insert(arguments.begin(), "dead-letter");
    return call(arguments);
  }
  // The target refuses rows with number = 13, all of which have one of these keys, until mend().
  void make_strict_table() {
    if (is_crate()) {
      static constexpr char kWhy[] = "Failed CONSTRAINT not_13 for values: [...]";
      crate().stand_in()->set_traps(
          [](CrateTraps& traps) { traps.refused_keys = {{"refused", kWhy}, {"5", kWhy}}; });
      return;
    }
    target_.run(
        "CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT NULL "
        "CONSTRAINT not_13 CHECK (data->>'number' IS DISTINCT FROM '13'))");
  }
  void mend() {
    if (is_crate()) {
      crate().stand_in()->set_traps([](CrateTraps& traps) { traps.refused_keys.clear(); });
    } else {
      target_.run("ALTER TABLE sales.orders DROP CONSTRAINT not_13");
    }
  }
  std::string open_letters() {
    return target_.list(
        "SELECT doc_key FROM relay.dead_letter WHERE closed_at IS NULL ORDER BY doc_key");
  }
  std::string id_of(const std::string& key) {
    return target_.cell("SELECT id FROM relay.dead_letter WHERE doc_key = '" + key + "'");
  }
};

testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

TEST_F(DeadLetterTest, LettersAreListedShownAndDiscarded) {
  write_settings(orders_table());
  EXPECT_EQ(dead_letter({"list"}).log, "no open dead letters\n") << "a target without any books";
  for (const std::string key : {"x", "y"}) {
    source_.insert_raw("orders", {with_duplicate_keys(key)});
    ASSERT_EQ(call({"cdc-relay", "--once"}).exit_code, 0);
  }
  const std::string x = id_of("x");
  const std::string y = id_of("y");

  const Ended list = dead_letter({"list", "--table", "sales.orders"});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_TRUE(has(list.log, "  sales.orders  duplicate_key  insert"));
  EXPECT_LT(list.log.find("\n  " + y), list.log.find("\n  " + x)) << "the newest first";
  EXPECT_TRUE(has(list.log, "2 open dead letters"));
  EXPECT_EQ(list.log.find("4711"), std::string::npos) << "no content in a list";
  const Ended json = dead_letter({"list", "--json", "--limit", "1"});
  EXPECT_EQ(Bson(json.log).number("total"), 2);
  EXPECT_TRUE(has(json.log, R"("doc_key":"y")"));
  EXPECT_EQ(json.log.find(R"("doc_key":"x")"), std::string::npos);
  EXPECT_EQ(dead_letter({"list", "--table", "sales.nothing"}).log, "no open dead letters\n");

  const Ended shown = dead_letter({"show", x});
  EXPECT_TRUE(has(shown.log, R"({"_id":"x","a":{"$numberInt":"4711"},"a":{"$numberInt":"4712"}})"));

  EXPECT_EQ(dead_letter({"discard", x}).log, "discarded=1\n");
  EXPECT_EQ(dead_letter({"discard", x}).log, "discarded=0\n");
  EXPECT_EQ(open_letters(), "y");
  EXPECT_EQ(dead_letter({"discard", "--all"}).log, "discarded=1\n");
  EXPECT_EQ(dead_letter({"list"}).log, "no open dead letters\n");
  EXPECT_TRUE(has(dead_letter({"list", "--all"}).log, "2 dead letters"));
}

TEST_F(DeadLetterTest, MistakesAreExplained) {
  write_settings(orders_table());
  for (const Arguments& arguments :
       std::vector<Arguments>{{"show", "7"},
                              {"discard", "7"},
                              {"retry", "7"},
                              {"show", "' OR '1'='1"},
                              {"discard", "x'; DROP TABLE relay.dead_letter; --"},
                              {"retry", "\xff\x1b[2J"},
                              {"discard"},
                              {"retry", "1", "--all"}}) {
    const Ended ended = dead_letter(arguments);
    EXPECT_EQ(ended.exit_code, 2) << ended.log;
    EXPECT_TRUE(has(ended.complaint, "try: "));
  }
  const Ended away = dead_letter({"list", "--target", "postgresql://127.0.0.1:1/x"});
  EXPECT_EQ(away.exit_code, 4) << away.log;
  EXPECT_EQ(run({"dead-letter", "list"}).exit_code, 2) << "no target";
}

TEST_F(DeadLetterTest, ARetryWritesTheDocumentAsItIsNow) {
  write_settings(orders_table());
  make_strict_table();
  source_.insert("orders", R"({"_id": "refused", "number": 13})");
  source_.insert("orders", R"({"_id": 5, "number": 13})");
  source_.insert_raw("orders", {with_duplicate_keys("bad"), with_duplicate_keys("gone")});
  ASSERT_EQ(call({"cdc-relay", "--once"}).exit_code, 0);
  ASSERT_EQ(open_letters(), "5 bad gone refused");

  const Ended in_vain = dead_letter({"retry", id_of("refused"), id_of("5")});
  EXPECT_EQ(in_vain.exit_code, 6) << in_vain.log;
  EXPECT_TRUE(has(in_vain.log, id_of("refused") + " sales.orders stays: "));
  EXPECT_TRUE(has(in_vain.log, is_crate() ? "SQLSTATE XX000" : "constraint=not_13"));

  mend();
  source_.update("orders", R"({"_id": 5})", R"({"$set": {"number": 14}})");
  source_.remove("orders", R"({"_id": "gone"})");
  const Ended ended = dead_letter({"retry", "--all"});
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  EXPECT_TRUE(has(ended.log, id_of("bad") + " sales.orders stays: duplicate_key"));
  EXPECT_TRUE(has(ended.log, id_of("gone") + " sales.orders removed"));
  EXPECT_TRUE(has(ended.log, id_of("refused") + " sales.orders written"));
  EXPECT_TRUE(has(ended.complaint, "error: 1 of 4 dead letters could not be written"));
  EXPECT_EQ(open_letters(), "bad");
  EXPECT_TRUE(is_equal(source_, "orders", target_, "sales.orders", {"bad"}));

  source_.replace("orders", R"({"_id": "bad"})", R"({"a": 1})");
  EXPECT_EQ(dead_letter({"retry", "--table", "sales.orders"}).exit_code, 0);
  EXPECT_EQ(dead_letter({"retry", "--all"}).log, "no open dead letters\n");
  ASSERT_EQ(call({"cdc-relay", "--once"}).exit_code, 0);
  EXPECT_TRUE(orders_are_equal()) << "the stream brings the same once more";
}

// CrateDB has no lock that would keep a batch out.
TEST_F(DeadLetterTest, ARetryOnCrateDBNeedsTheRelayToBeStopped) {
  if (!is_crate()) GTEST_SKIP() << "on PostgreSQL a relay may run";
  write_settings(orders_table());
  make_strict_table();
  const auto relay = start({"--config", "relay.toml", "cdc-relay"});
  source_.insert("orders", R"({"_id": "refused", "number": 13})");
  insert(1);
  ASSERT_TRUE(wait_for_row("1")) << relay->log();
  // A letter is written behind the rows of its batch.
  ASSERT_TRUE(wait_until(kPatience, [&] { return open_letters() == "refused"; })) << relay->log();
  mend();
  const Ended refused = dead_letter({"retry", "--all"});
  EXPECT_EQ(refused.exit_code, 7) << refused.log;
  EXPECT_TRUE(has(refused.complaint, "held by the relay owner="));
  EXPECT_TRUE(has(refused.complaint, "\ntry: on CrateDB a retry needs the relay to be stopped"));
  EXPECT_EQ(open_letters(), "refused");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"number": 14}})");
  insert(2);
  ASSERT_TRUE(wait_for_row("2")) << relay->log();
  relay->terminate();
  ASSERT_EQ(relay->wait(), 0) << relay->log();

  EXPECT_EQ(dead_letter({"retry", "--all"}).exit_code, 0);
  EXPECT_EQ(open_letters(), "");
  EXPECT_TRUE(orders_are_equal());
  insert(3);
  const Ended again = call({"cdc-relay", "--once"});
  EXPECT_EQ(again.exit_code, 0) << "the lease was given back\n" << again.log;
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(DeadLetterTest, ARunningRelayGoesOnBesideARetry) {
  write_settings(orders_table());
  make_strict_table();
  const auto relay = start({"--config", "relay.toml", "cdc-relay"});
  source_.insert("orders", R"({"_id": "refused", "number": 13})");
  insert(1);
  ASSERT_TRUE(wait_for_row("1")) << relay->log();
  ASSERT_EQ(open_letters(), "refused");
  mend();
  const Ended ended = dead_letter({"retry", "1"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(open_letters(), "");
  source_.update("orders", R"({"_id": "refused"})", R"({"$set": {"number": 14}})");
  insert(2);
  ASSERT_TRUE(wait_for_row("2")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_TRUE(relay->is_running()) << relay->log();
}

// Tables of a pattern are found by asking the source; those of events keep what happened.
TEST_F(DeadLetterTest, PatternsAreFoundAndEventsStay) {
  write_settings("[[table]]\nfrom = \"" + database() +
                 ".*\"\nto = \"sales.{collection}\"\n[[table]]\nfrom = \"" + database() +
                 ".orders\"\nto = \"log.orders\"\nmode = \"append\"\n");
  source_.insert_raw("orders", {with_duplicate_keys("x")});
  source_.insert_raw("others", {with_duplicate_keys("z")});
  ASSERT_EQ(call({"cdc-relay", "--once"}).exit_code, 0);
  source_.replace("orders", R"({"_id": "x"})", R"({"a": 1})");
  source_.run(R"({"drop": "others"})");
  const Ended ended = dead_letter({"retry", "--all"});
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  EXPECT_TRUE(has(ended.log, "sales.orders written"));
  EXPECT_TRUE(has(ended.log, "log.orders stays: an event of the past"));
  EXPECT_TRUE(has(ended.log, "sales.others stays: the settings have no such table"));
  EXPECT_EQ(target_.cell("SELECT " + target_.json("data", {"a"}) + " FROM sales.orders"), "1");
}

}  // namespace
}  // namespace relay
