// Documents that no row can hold, and those that only look so. The bad ones become dead letters,
// all others are equal, and the relay goes on.
#include <set>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

constexpr std::size_t kDocumentBytesMax = std::size_t{16} << 20U;  // Of a MongoDB document.
constexpr std::size_t kKeyBytesMax = 2'692;                        // Of a key text: docs/values.md.

void append_text(bson_t* document, const char* name, const std::string& text) {
  bson_append_utf8(document, name, -1, text.data(), static_cast<int>(text.size()));
}

Bson with_key(const std::string& key) {
  Bson document;
  append_text(document.get(), "_id", key);
  return document;
}

Bson with_duplicate_keys(const std::string& key, int value = 1) {
  Bson document = with_key(key);
  bson_append_int32(document.get(), "a", -1, value);
  bson_append_int32(document.get(), "b", -1, value);
  bson_append_int32(document.get(), "a", -1, value);
  return document;
}

Bson with_inner(const std::string& key, const Bson& inner) {
  Bson document = with_key(key);
  bson_append_document(document.get(), "inner", -1, inner.get());
  return document;
}

// `levels` documents, the outermost included.
Bson with_levels(const std::string& key, int levels) {
  Bson inner;
  bson_append_int32(inner.get(), "end", -1, 1);
  for (int level = 2; level < levels; ++level) {
    Bson outer;
    bson_append_document(outer.get(), "d", -1, inner.get());
    inner = std::move(outer);
  }
  return with_inner(key, inner);
}

Bson with_size(const std::string& key, std::size_t bytes) {
  Bson document = with_key(key);
  append_text(document.get(), "text", "");
  const std::size_t rest = bytes - document.get()->len;
  document = with_key(key);
  append_text(document.get(), "text", std::string(rest, 'x'));
  return document;
}

Bson with_text(const std::string& key, const std::string& text) {
  Bson document = with_key(key);
  append_text(document.get(), "text", text);
  return document;
}

Bson with_name(const std::string& key, const std::string& name) {
  Bson document = with_key(key);
  bson_append_int32(document.get(), name.data(), static_cast<int>(name.size()), 1);
  return document;
}

class PoisonTest : public RealServersTest {
 protected:
  std::string letters(const std::string& columns, const std::string& where = "true") {
    return target_.cell("SELECT string_agg(" + columns +
                        ", ' ' ORDER BY id) FROM relay.dead_letter "
                        "WHERE " +
                        where);
  }
};

TEST_F(PoisonTest, BadDocumentsBecomeDeadLettersAndAllOthersArrive) {
  const auto relay = start_streaming();
  const std::string too_long(kKeyBytesMax + 1, 'k');
  insert(0, 20);
  source_.insert_raw("orders", {with_duplicate_keys("duplicate")});
  insert(20, 40);
  source_.insert_raw("orders",
                     {with_inner("duplicate_inside", with_duplicate_keys("x")),
                      with_name("invalid_name", "a\xff\xfe"),
                      with_inner("invalid_name_inside", with_name("x", "\xed\xa0\x80")),
                      with_key(too_long),
                      with_key(std::string(kKeyBytesMax, 'k')),
                      with_text("nul", std::string("a\0b", 3)),
                      with_text("invalid_text", "caf\xc3 \xff"),
                      with_inner("nul_inside", with_text("x", std::string("\0", 1))),
                      with_name("dollar", "$set"),
                      with_name("dotted", "a.b"),
                      with_name("empty_name", ""),
                      with_levels("levels", 90)});
  insert(40, 60);
  ASSERT_TRUE(wait_for_row("59")) << relay->log();

  EXPECT_EQ(letters("doc_key || '=' || reason", "length(doc_key) < 100"),
            "duplicate=duplicate_key duplicate_inside=duplicate_key invalid_name=invalid_name "
            "invalid_name_inside=invalid_name");
  EXPECT_EQ(letters("reason", "length(doc_key) >= 100"), "key_too_long");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter WHERE tbl = 'sales.orders' AND "
                         "operation = 'insert' AND stream = 'default' AND closed_at IS NULL"),
            "5");
  EXPECT_TRUE(
      is_equal(source_,
               "orders",
               target_,
               "sales.orders",
               {"duplicate", "duplicate_inside", "invalid_name", "invalid_name_inside", too_long}));
  EXPECT_EQ(row_count(), "68");
  EXPECT_TRUE(relay->is_running());
}

TEST_F(PoisonTest, DocumentsOfSixteenMegabytesArrive) {
  const auto relay = start_streaming();
  source_.insert_raw("orders", {with_size("largest", kDocumentBytesMax)});
  source_.insert_raw("orders", {with_size("large", kDocumentBytesMax - 1'000)});
  source_.update("orders", R"({"_id": "large"})", R"({"$set": {"n": 1}})");
  insert(1);
  ASSERT_TRUE(wait_for_row("1")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "3");
  EXPECT_EQ(letters("doc_key"), "");
}

// The earlier version stays; a later good one closes the letter.
TEST_F(PoisonTest, ALetterIsClosedByTheNextGoodVersion) {
  const auto relay = start_streaming();
  source_.insert("orders", R"({"_id": "mended", "n": 1})");
  source_.insert("orders", R"({"_id": "removed", "n": 1})");
  insert(1);
  ASSERT_TRUE(wait_for_row("1")) << relay->log();
  for (const char* key : {"mended", "removed"}) {
    source_.remove("orders", R"({"_id": ")" + std::string(key) + "\"}");
    source_.insert_raw("orders", {with_duplicate_keys(key)});
  }
  insert(2);
  ASSERT_TRUE(wait_for_row("2")) << relay->log();
  EXPECT_EQ(letters("doc_key", "closed_at IS NULL"), "mended removed");

  source_.update("orders", R"({"_id": "mended"})", R"({"$set": {"n": 2}})");
  insert(3);
  ASSERT_TRUE(wait_for_row("3")) << relay->log();
  EXPECT_EQ(letters("operation", "doc_key = 'mended' AND closed_at IS NULL"), "insert update")
      << "looked up, and bad still";

  source_.replace("orders", R"({"_id": "mended"})", R"({"n": 3})");
  source_.remove("orders", R"({"_id": "removed"})");
  insert(4);
  ASSERT_TRUE(wait_for_row("4")) << relay->log();
  EXPECT_EQ(letters("doc_key", "closed_at IS NULL"), "");
  EXPECT_TRUE(orders_are_equal());
}

// The _id itself is the bad one.
TEST_F(PoisonTest, KeysThatAreNoTextArriveAsText) {
  const auto relay = start_streaming();
  source_.insert_raw("orders",
                     {with_key("\xff"), with_key(std::string("a\0b", 3)), with_key("last")});
  ASSERT_TRUE(wait_for_row("last")) << relay->log();
  EXPECT_EQ(target_.cell("SELECT data->>'_id' FROM sales.orders WHERE oid = "
                         "'{\"$string\":{\"base64\":\"/w==\"}}'"),
            R"({"$string": {"base64": "/w=="}})");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders WHERE oid = '\"a\\u0000b\"'"), "1");
  EXPECT_EQ(letters("doc_key"), "");
  source_.remove("orders", "{}");
  insert(1);
  ASSERT_TRUE(wait_for_row("1")) << relay->log();
  EXPECT_EQ(row_count(), "1");
}

// A target that refuses what the relay would write: the row is found among many.
TEST_F(PoisonTest, ARowThatTheTargetRefusesBecomesALetter) {
  target_.run(
      "CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT "
      "NULL CHECK (data->>'number' IS DISTINCT FROM '13'))");
  insert(0, 300);
  source_.update("orders", R"({"_id": 77})", R"({"$set": {"number": 13}})");
  insert(300, 600);
  const Ended ended = run(once_command());
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(letters("doc_key"), "77");
  EXPECT_TRUE(is_equal(source_, "orders", target_, "sales.orders", {"77"}));
}

}  // namespace
}  // namespace relay
