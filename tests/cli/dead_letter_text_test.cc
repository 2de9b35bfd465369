#include "cli/dead_letter_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace relay {
namespace {

StoredLetter make_letter(const std::string& id, const std::string& key) {
  return {.id = id,
          .stream = "default",
          .table = "sales.orders",
          .doc_key = key,
          .reason = "duplicate_key",
          .detail = "document_bytes=40",
          .operation = "insert",
          .position = "82AA",
          .created_at = "2026-01-31T23:59:59.123Z"};
}

TEST(DeadLetterTextTest, OneLineALetter) {
  EXPECT_EQ(
      render_letters_text({.letters = {make_letter("12", "a"), make_letter("3", "b")}, .total = 2}),
      "  ID  TABLE         REASON         OPERATION  CREATED                   KEY  DETAIL\n"
      "  12  sales.orders  duplicate_key  insert     2026-01-31T23:59:59.123Z  a    "
      "document_bytes=40\n"
      "  3   sales.orders  duplicate_key  insert     2026-01-31T23:59:59.123Z  b    "
      "document_bytes=40\n"
      "2 open dead letters\n");
  EXPECT_EQ(render_letters_text({}), "no open dead letters\n");
  EXPECT_EQ(render_letters_text({.filter = {.includes_closed = true}}), "no dead letters\n");
}

TEST(DeadLetterTextTest, MoreThanAreListedAreCounted) {
  const std::string text = render_letters_text({.letters = {make_letter("1", "a")}, .total = 2345});
  EXPECT_NE(text.find("1 of 2345 open dead letters, the newest; --limit shows more\n"),
            std::string::npos)
      << text;
}

TEST(DeadLetterTextTest, ClosedOnesSaySince) {
  StoredLetter closed = make_letter("1", "a");
  closed.closed_at = "2026-02-01T00:00:00.000Z";
  const std::string text = render_letters_text({.letters = {closed, make_letter("2", "b")},
                                                .total = 2,
                                                .filter = {.includes_closed = true}});
  EXPECT_NE(text.find("CLOSED"), std::string::npos) << text;
  EXPECT_NE(text.find("  2026-02-01T00:00:00.000Z  a  "), std::string::npos) << text;
  EXPECT_NE(text.find("  -                         b  "), std::string::npos) << text;
}

// A key is as long as its writer liked, and may be anything.
TEST(DeadLetterTextTest, KeysAreCutAndSteerNoTerminal) {
  const std::string text = render_letters_text(
      {.letters = {make_letter("1", "\x1b[2J" + std::string(34, 'k') + "\xc3\xa4\xc3\xa4 end")},
       .total = 1});
  EXPECT_NE(text.find("?[2J" + std::string(34, 'k') + "\xc3\xa4..."), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(render_letter_text(make_letter("1", "\x1b[2J")).find('\x1b'), std::string::npos);
}

TEST(DeadLetterTextTest, JsonHasTheColumnsOfTheTable) {
  const auto list =
      nlohmann::json::parse(render_letters_json({.letters = {make_letter("12", "a")}, .total = 7}));
  EXPECT_EQ(list.at("total"), 7);
  EXPECT_EQ(list.at("letters").at(0).at("doc_key"), "a");
  EXPECT_TRUE(list.at("letters").at(0).at("closed_at").is_null());
  EXPECT_FALSE(list.at("letters").at(0).contains("document"));
  EXPECT_TRUE(nlohmann::json::parse(render_letters_json({})).at("letters").empty());
}

// Numbers on PostgreSQL, texts on CrateDB.
TEST(DeadLetterTextTest, IdsAreWhatTheTargetHas) {
  const auto id_of = [](const std::string& id) {
    return nlohmann::json::parse(render_letter_json(make_letter(id, "a"))).at("id");
  };
  EXPECT_EQ(id_of("12"), 12);
  EXPECT_EQ(id_of("default/sales.orders/rejected/82/x"), "default/sales.orders/rejected/82/x");
  const std::string text =
      render_letters_text({.letters = {make_letter("\x1b[2J", "a")}, .total = 1});
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
}

TEST(DeadLetterTextTest, ALetterIsShownWithItsDocument) {
  StoredLetter letter = make_letter("12", "a");
  letter.document = R"({"a":{"$numberInt":"1"},"a":{"$numberInt":"2"}})";
  const std::string text = render_letter_text(letter);
  EXPECT_NE(text.find("  closed     no\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\n" + letter.document + "\n")) << text;
  EXPECT_EQ(nlohmann::json::parse(render_letter_json(letter)).at("document"), letter.document);
}

}  // namespace
}  // namespace relay
