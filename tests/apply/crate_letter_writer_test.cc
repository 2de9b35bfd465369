// What people do with dead letters on CrateDB, and what a retry may do there.
#include <array>
#include <future>

#include "apply/crate_fixture.h"
#include "apply/dead_letter_desk.h"
#include "apply/letter_writer.h"
#include "support/wait_until.h"

namespace relay {
namespace {

// Rows are hidden until a REFRESH, as a real server may do it.
class CrateDeskTest : public CrateSinkTest {
 protected:
  CrateDeskTest() { set_fresh_rows_hidden(); }

  [[nodiscard]] DeadLetterDesk open_desk() const {
    auto opened = DeadLetterDesk::open({.uri = Secret(crate_uri())});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    return std::move(opened.value());
  }
  [[nodiscard]] LetterWriter open_writer() const {
    auto opened = LetterWriter::open({.uri = Secret(crate_uri())});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    EXPECT_TRUE(is_ok(opened.value().prepare(crate_table_)));
    return std::move(opened.value());
  }

  Status write_letter(Sink& sink, const std::string& key, const std::string& position = "82") {
    Batch batch = make_batch({});
    batch.dead_letters.push_back({.table = &crate_table_,
                                  .doc_key = key,
                                  .reason = "duplicate_key",
                                  .detail = "field n",
                                  .operation = "insert",
                                  .position = position,
                                  .document = "{\"_id\":1}"});
    return sink.apply(batch);
  }
  // Of a relay that has stopped.
  void leave_letters(const std::vector<std::string>& keys) {
    const auto sink = make_crate_sink();
    for (const std::string& key : keys)
      ASSERT_TRUE(is_ok(write_letter(*sink, key)));
    sink->release();
  }

  std::string open_keys() {
    return look("SELECT doc_key FROM relay.dead_letter WHERE closed_at IS NULL ORDER BY doc_key",
                "relay.dead_letter");
  }
  static StoredLetter only_letter(DeadLetterDesk& desk) {
    const auto letters = desk.list({}, 2);
    EXPECT_TRUE(letters.ok() && letters.value().size() == 1);
    return letters.ok() && !letters.value().empty() ? letters.value().front() : StoredLetter{};
  }
  std::string row_of(const std::string& key) {
    return look("SELECT data['n'] FROM sales.orders WHERE oid = '" + key + "'");
  }
};

TEST_F(CrateDeskTest, ATargetWithoutLettersHasNone) {
  DeadLetterDesk desk = open_desk();
  EXPECT_EQ(desk.count({}).value(), 0U);
  EXPECT_TRUE(desk.list({}, 10).value().empty());
  EXPECT_EQ(desk.discard_all("").value(), 0U);
  EXPECT_EQ(desk.discard(std::array<std::string, 1>{"x"}).value(), 0U);
  EXPECT_FALSE(desk.show("x").value().has_value());
}

TEST_F(CrateDeskTest, LettersAreListedTheNewestFirstAndShownWhole) {
  leave_letters({"a", "b"});
  DeadLetterDesk desk = open_desk();
  const auto listed = desk.list({.table = "sales.orders"}, 10);
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  ASSERT_EQ(listed.value().size(), 2U);
  EXPECT_GE(listed.value().front().created_at, listed.value().back().created_at);
  EXPECT_EQ(desk.list({}, 1).value().size(), 1U);
  EXPECT_EQ(desk.count({}).value(), 2U);
  EXPECT_TRUE(desk.list({.table = "sales.nothing"}, 10).value().empty());

  const auto shown = desk.show(listed.value().front().id);
  ASSERT_TRUE(shown.ok() && shown.value().has_value());
  const StoredLetter& letter = *shown.value();
  EXPECT_EQ(letter.stream, "main");
  EXPECT_EQ(letter.table, "sales.orders");
  EXPECT_EQ(letter.reason, "duplicate_key");
  EXPECT_EQ(letter.detail, "field n");
  EXPECT_EQ(letter.operation, "insert");
  EXPECT_EQ(letter.position, "82");
  EXPECT_EQ(letter.document, "{\"_id\":1}");
  EXPECT_EQ(letter.created_at.size(), std::string("2026-01-31T23:59:59.123Z").size());
  EXPECT_EQ(letter.closed_at, "");
  EXPECT_EQ(listed.value().front().document, "") << "a list is for the eye";
}

TEST_F(CrateDeskTest, DiscardedLettersAreClosedOnce) {
  leave_letters({"a", "b", "c"});
  DeadLetterDesk desk = open_desk();
  const auto listed = desk.list({.table = "sales.orders"}, 1);
  const std::array<std::string, 2> some = {listed.value().front().id, "no such letter"};
  EXPECT_EQ(desk.discard(some).value(), 1U);
  EXPECT_EQ(desk.discard(some).value(), 0U);
  EXPECT_NE(desk.show(some[0]).value()->closed_at, "");
  EXPECT_EQ(desk.count({}).value(), 2U);
  EXPECT_EQ(desk.discard_all("sales.nothing").value(), 0U);
  EXPECT_EQ(desk.discard_all("sales.orders").value(), 2U);
  EXPECT_EQ(desk.discard_all("").value(), 0U);
  EXPECT_EQ(desk.count({.includes_closed = true}).value(), 3U);
}

// They are made of keys, which are anything.
TEST_F(CrateDeskTest, HostileIdsAreTexts) {
  const std::string hostile = "o'b\"; DROP TABLE relay.dead_letter; --\x1b[2J $(id)\n\xc3\xa4";
  leave_letters({hostile, "o'b"});
  DeadLetterDesk desk = open_desk();
  for (const std::string& id : {hostile, std::string("' OR '1'='1"), std::string("\xff\xfe")}) {
    const auto shown = desk.show(id);
    ASSERT_TRUE(shown.ok()) << shown.error().message;
    EXPECT_FALSE(shown.value().has_value());
    EXPECT_EQ(desk.discard(std::array<std::string, 1>{id}).value(), 0U);
  }
  const auto listed = desk.list({}, 10);
  ASSERT_EQ(listed.value().size(), 2U);
  for (const StoredLetter& letter : listed.value()) {
    EXPECT_EQ(letter.id.find_first_of("'\"; \x1b$()\n\xc3"), std::string::npos) << letter.id;
    EXPECT_EQ(desk.show(letter.id).value()->doc_key, letter.doc_key);
    EXPECT_EQ(desk.discard(std::array<std::string, 1>{letter.id}).value(), 1U);
  }
}

// The limit is about what is open.
TEST_F(CrateDeskTest, ARelayThatRunsLearnsOfDiscardedLettersWithItsNext) {
  const auto sink = make_crate_sink();
  for (const std::string key : {"a", "b", "c"})
    ASSERT_TRUE(is_ok(write_letter(*sink, key)));
  EXPECT_EQ(sink->open_dead_letters(), 3U);
  EXPECT_EQ(open_desk().discard_all("").value(), 3U);
  ASSERT_TRUE(is_ok(write_letter(*sink, "d")));
  EXPECT_EQ(sink->open_dead_letters(), 1U);
}

TEST_F(CrateDeskTest, ARetryWritesTheRowAndClosesEveryLetterOfIt) {
  {
    const auto sink = make_crate_sink();
    ASSERT_TRUE(is_ok(write_letter(*sink, "a", "8201")));
    ASSERT_TRUE(is_ok(write_letter(*sink, "a", "8202")));
    ASSERT_TRUE(is_ok(write_letter(*sink, "b")));
    sink->release();
  }
  const std::string stored = look("SELECT token FROM relay.checkpoint", "relay.checkpoint");
  DeadLetterDesk desk = open_desk();
  const auto letters = desk.list({}, 10);
  LetterWriter writer = open_writer();
  std::vector<Rewriting> outcomes;
  for (const StoredLetter& letter : letters.value()) {
    if (letter.doc_key != "a") continue;
    const auto done =
        writer.rewrite(letter, [&] { return Result<Batch>(make_batch({{"a", "{\"n\":2}"}})); });
    ASSERT_TRUE(done.ok()) << done.error().message;
    outcomes.push_back(done.value());
  }
  EXPECT_EQ(outcomes, (std::vector{Rewriting::written, Rewriting::closed_before}));
  EXPECT_EQ(row_of("a"), "2");
  EXPECT_EQ(open_keys(), "b");
  EXPECT_EQ(look("SELECT token FROM relay.checkpoint", "relay.checkpoint"), stored)
      << "a retry moves no position";
}

TEST_F(CrateDeskTest, ARetryBesideARelayIsRefusedAndOneAfterItGivesTheLeaseBack) {
  const auto sink = make_crate_sink();
  ASSERT_TRUE(is_ok(write_letter(*sink, "a")));
  DeadLetterDesk desk = open_desk();
  const StoredLetter letter = only_letter(desk);
  const auto make = [&] { return Result<Batch>(make_batch({{"a", "{\"n\":1}"}})); };
  {
    LetterWriter writer = open_writer();
    const auto refused = writer.rewrite(letter, make);
    ASSERT_EQ(name_of(kind_of(refused)), "lease_held");
    EXPECT_NE(refused.error().hint.find("relay snapshot TABLE"), std::string::npos);
  }
  EXPECT_EQ(open_keys(), "a");
  EXPECT_EQ(keys(), "");
  sink->release();
  {
    LetterWriter writer = open_writer();
    EXPECT_TRUE(writer.rewrite(letter, make).ok());
    EXPECT_EQ(name_of(kind_of(make_target_sink(crate_options())->open())), "lease_held")
        << "no relay starts in the middle of a retry";
  }
  EXPECT_TRUE(make_target_sink(crate_options())->open().ok());
}

// The document was read, and then the program slept: what a relay has written since is newer.
TEST_F(CrateDeskTest, ARetryThatSleptThroughItsLeaseWritesNothing) {
  leave_letters({"a"});
  DeadLetterDesk desk = open_desk();
  LetterWriter writer = open_writer();
  const auto late = writer.rewrite(only_letter(desk), [&] {
    CrateClient client(crate_uri("postgresql"));
    client.run("UPDATE relay.checkpoint SET lease_until = '2001-01-01' WHERE stream = $1",
               {"main"});
    const auto relay = make_crate_sink();
    EXPECT_TRUE(is_ok(relay->apply(make_batch({{"a", "{\"n\":2}"}}))));
    return Result<Batch>(make_batch({{"a", "{\"n\":1}"}}));
  });
  EXPECT_EQ(name_of(kind_of(late)), "lease_lost");
  EXPECT_EQ(row_of("a"), "2");
}

TEST_F(CrateDeskTest, ARowThatIsRefusedOrUnfitLeavesItsLetter) {
  leave_letters({"a"});
  DeadLetterDesk desk = open_desk();
  const StoredLetter letter = only_letter(desk);
  LetterWriter writer = open_writer();
  const auto refused = writer.rewrite(
      letter, [&] { return Result<Batch>(make_batch({{"a", "{\"n\":[1,\"a\"]}"}})); });
  EXPECT_EQ(name_of(kind_of(refused)), "row_rejected");
  const auto unfit = writer.rewrite(letter, [&] {
    Batch batch = make_batch({{"a", "{}"}});
    DeadLetter& again = batch.dead_letters.emplace_back();
    again.table = &crate_table_;
    again.reason = "duplicate_key";
    return Result<Batch>(std::move(batch));
  });
  EXPECT_EQ(unfit.value(), Rewriting::unfit);
  EXPECT_EQ(keys(), "");
  EXPECT_EQ(open_keys(), "a");
  // A document that is gone.
  const auto removed = writer.rewrite(letter, [&] { return Result<Batch>(make_batch({}, {"a"})); });
  EXPECT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_EQ(open_keys(), "");
}

// The program dies between the row and the closing of its letter.
TEST_F(CrateDeskTest, ALetterWhoseRowIsThereIsRetriedOnceMore) {
  leave_letters({"a"});
  {
    const auto sink = make_crate_sink();
    CrateClient client(crate_uri("postgresql"));
    client.run("INSERT INTO sales.orders (oid, data) VALUES ('a', '{\"n\":1}')");
    sink->release();
  }
  DeadLetterDesk desk = open_desk();
  LetterWriter writer = open_writer();
  const auto again = writer.rewrite(
      only_letter(desk), [&] { return Result<Batch>(make_batch({{"a", "{\"n\":1}"}})); });
  EXPECT_EQ(again.value(), Rewriting::written);
  EXPECT_EQ(row_of("a"), "1");
  EXPECT_EQ(open_keys(), "");
}

}  // namespace
}  // namespace relay
