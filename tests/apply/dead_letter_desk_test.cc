#include "apply/dead_letter_desk.h"

#include <array>

#include "apply/sink_fixture.h"

namespace relay {
namespace {

class DeadLetterDeskTest : public SinkTest {
 protected:
  [[nodiscard]] DeadLetterDesk open_desk(const std::string& user = "postgres") const {
    auto opened = DeadLetterDesk::open({.uri = Secret(uri_at(server().port(), user))});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    return std::move(opened.value());
  }

  // Numbers count from 1.
  void write_letter(const TableMapping& table, const std::string& key) {
    if (sink_ == nullptr) sink_ = make_ready_sink();
    Batch batch = batch_({});
    batch.dead_letters.push_back({.table = &table,
                                  .doc_key = key,
                                  .reason = "duplicate_key",
                                  .detail = "field n",
                                  .operation = "insert",
                                  .position = "82" + key,
                                  .document = "{\"_id\":\"" + key + "\"}"});
    ASSERT_TRUE(is_ok(sink_->apply(batch)));
  }

  static std::string ids(DeadLetterDesk& desk,
                         const std::string& table = "",
                         std::size_t limit = 100) {
    const auto letters = desk.list({.table = table}, limit);
    EXPECT_TRUE(letters.ok()) << (letters.ok() ? "" : letters.error().message);
    std::string text;
    for (const StoredLetter& letter : letters.ok() ? letters.value() : std::vector<StoredLetter>{})
      text += (text.empty() ? "" : " ") + letter.id;
    return text;
  }

  std::unique_ptr<Sink> sink_;
  const TableMapping users_{.from = {"shop", "users"}, .to = {"sales", "users"}};
};

TEST_F(DeadLetterDeskTest, ATargetWithoutLettersHasNone) {
  DeadLetterDesk desk = open_desk();
  EXPECT_EQ(ids(desk), "");
  EXPECT_EQ(desk.count({}).value(), 0U);
  EXPECT_EQ(desk.discard_all("").value(), 0U);
  EXPECT_EQ(desk.discard(std::array<std::string, 1>{"1"}).value(), 0U);
  EXPECT_FALSE(desk.show("1").value().has_value());
}

TEST_F(DeadLetterDeskTest, TheNewestOpenLettersComeFirst) {
  for (const std::string key : {"a", "b", "c"})
    write_letter(table_, key);
  write_letter(users_, "d");
  DeadLetterDesk desk = open_desk();
  EXPECT_EQ(ids(desk), "4 3 2 1");
  EXPECT_EQ(ids(desk, "", 2), "4 3");
  EXPECT_EQ(ids(desk, "sales.orders"), "3 2 1");
  EXPECT_EQ(ids(desk, "sales.nothing"), "");
  EXPECT_EQ(desk.count({.table = "sales.orders"}).value(), 3U);
  EXPECT_EQ(desk.count({}).value(), 4U);
}

TEST_F(DeadLetterDeskTest, ALetterIsShownWhole) {
  write_letter(table_, "a");
  DeadLetterDesk desk = open_desk();
  const auto shown = desk.show("1");
  ASSERT_TRUE(shown.ok() && shown.value().has_value());
  const StoredLetter& letter = *shown.value();
  EXPECT_EQ(letter.id, "1");
  EXPECT_EQ(letter.stream, "main");
  EXPECT_EQ(letter.table, "sales.orders");
  EXPECT_EQ(letter.doc_key, "a");
  EXPECT_EQ(letter.reason, "duplicate_key");
  EXPECT_EQ(letter.detail, "field n");
  EXPECT_EQ(letter.operation, "insert");
  EXPECT_EQ(letter.position, "82a");
  EXPECT_EQ(letter.document, R"({"_id":"a"})");
  EXPECT_EQ(letter.created_at.size(), std::string("2026-01-31T23:59:59.123Z").size());
  EXPECT_EQ(letter.closed_at, "");
  EXPECT_FALSE(desk.show("2").value().has_value());
  EXPECT_EQ(desk.list({}, 1).value().front().document, "") << "a list is for the eye";
}

TEST_F(DeadLetterDeskTest, DiscardedLettersAreClosedOnce) {
  for (const std::string key : {"a", "b", "c"})
    write_letter(table_, key);
  write_letter(users_, "d");
  DeadLetterDesk desk = open_desk();
  const std::array<std::string, 3> some = {"1", "3", "99"};
  EXPECT_EQ(desk.discard(some).value(), 2U);
  EXPECT_EQ(desk.discard(some).value(), 0U);
  EXPECT_EQ(desk.discard({}).value(), 0U);
  EXPECT_EQ(ids(desk), "4 2");
  EXPECT_NE(desk.show("1").value()->closed_at, "");
  EXPECT_EQ(desk.discard_all("sales.orders").value(), 1U);
  EXPECT_EQ(ids(desk), "4");
  EXPECT_EQ(desk.discard_all("").value(), 1U);
  EXPECT_EQ(desk.count({}).value(), 0U);
  EXPECT_EQ(desk.count({.table = "sales.users", .includes_closed = true}).value(), 1U);
  const auto all = desk.list({.includes_closed = true}, 100);
  ASSERT_EQ(all.value().size(), 4U);
  EXPECT_NE(all.value().front().closed_at, "");
}

TEST_F(DeadLetterDeskTest, ARoleWithoutRightsIsToldWhatToType) {
  write_letter(table_, "a");
  look_.run("CREATE ROLE onlooker LOGIN");
  DeadLetterDesk desk = open_desk("onlooker");
  const auto listed = desk.list({}, 1);
  ASSERT_EQ(name_of(kind_of(listed)), "sink_refused");
  EXPECT_NE(listed.error().hint.find("GRANT"), std::string::npos);
}

TEST_F(DeadLetterDeskTest, AnIdThatIsNoNumberIsExplained) {
  write_letter(table_, "a");
  DeadLetterDesk desk = open_desk();
  for (const std::string id : {"", "x", "1x", " 1", "1.5", "9223372036854775808", "' OR 1=1"}) {
    const auto shown = desk.show(id);
    ASSERT_EQ(name_of(kind_of(shown)), "config_invalid") << id;
    EXPECT_NE(shown.error().message.find("have numbers"), std::string::npos);
    const std::array<std::string, 2> some = {"1", id};
    EXPECT_EQ(name_of(kind_of(desk.discard(some))), "config_invalid");
  }
  EXPECT_EQ(ids(desk), "1") << "and nothing was closed";
}

TEST_F(DeadLetterDeskTest, AServerThatIsNotThereIsUnavailable) {
  const auto opened = DeadLetterDesk::open({.uri = Secret("postgresql://127.0.0.1:1/x")});
  EXPECT_EQ(name_of(kind_of(opened)), "sink_unavailable");
}

}  // namespace
}  // namespace relay
