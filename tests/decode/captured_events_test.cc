// The decoder and the writers on what a real server sent (tests/data), whole and damaged.
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "decode/bson_builder.h"
#include "decode/event_decoder.h"
#include "decode/json_writer.h"
#include "decode/key_text.h"
#include "decode/seed.h"

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

Bytes from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6U | static_cast<std::uint32_t>(kDigits.find(c));
    if ((count += 6) >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(count)));
    }
  }
  return bytes;
}

struct Captured {
  std::string group;
  std::string what;
  Json event;  // Null where JSON cannot hold the bytes.
  Bytes bson;
};

const std::vector<Captured>& captured_events() {
  static const std::vector<Captured> events = [] {
    std::vector<Captured> all;
    std::ifstream file(RELAY_SOURCE_DIR "/tests/data/captured-6.0.5.jsonl");
    for (std::string line; std::getline(file, line);) {
      const Json json = Json::parse(line);
      all.push_back({json["group"],
                     json["what"],
                     json["event"],
                     from_base64(json["bson"].get<std::string>())});
    }
    return all;
  }();
  return events;
}

const Captured& captured(std::string_view what) {
  for (const Captured& line : captured_events()) {
    if (line.what == what) return line;
  }
  ADD_FAILURE() << "no captured event: " << what;
  return captured_events().front();
}

// Equal, but for the digits of doubles: both texts must read back to the same one.
bool is_same(const Json& a, const Json& b) {
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_object()) {
    for (auto i = a.begin(), j = b.begin(); i != a.end(); ++i, ++j) {
      if (i.key() != j.key()) return false;
      if (i.key() == "$numberDouble" && i.value() != j.value()) {
        const std::string left = i.value();
        const std::string right = j.value();
        if (std::strtod(left.c_str(), nullptr) != std::strtod(right.c_str(), nullptr)) return false;
      } else if (!is_same(i.value(), j.value())) {
        return false;
      }
    }
    return true;
  }
  if (a.is_array()) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!is_same(a[i], b[i])) return false;
    }
    return true;
  }
  return a == b;
}

Json without_wrappers(const Json& value);

// A document that looks like a wrapper is none behind $literal.
Json inside_literal(const Json& document) {
  Json result = document;
  for (auto& item : result)
    item = without_wrappers(item);
  return result;
}

// Takes away the two wrappers that this project adds to Extended JSON.
Json without_wrappers(const Json& value) {
  if (value.is_object() && value.size() == 1) {
    if (value.contains("$literal")) return inside_literal(value["$literal"]);
    if (value.contains("$string"))
      return as_text(from_base64(value["$string"]["base64"].get<std::string>()));
  }
  return value.is_structured() ? inside_literal(value) : value;
}

TEST(CapturedEventsTest, CanonicalTextIsTheServersDocument) {
  ASSERT_EQ(captured_events().size(), 170U);
  std::size_t compared = 0;
  for (const Captured& line : captured_events()) {
    if (line.event.is_null()) continue;
    const std::string text = format_dead_letter_document(line.bson);
    EXPECT_TRUE(is_same(without_wrappers(Json::parse(text)), line.event)) << line.what << '\n'
                                                                          << text;
    ++compared;
    std::string strict;
    if (line.what == "duplicate keys" || line.what == "pipeline: literal and nested path at once")
      continue;
    EXPECT_EQ(append_json(line.bson, JsonForm::extended, JsonTarget::postgresql, strict),
              Rejection::none)
        << line.what;
    EXPECT_EQ(strict, text) << line.what;
  }
  EXPECT_EQ(compared, 170U - 4U);
}

std::string json_of(RawDocument document, JsonForm form) {
  std::string out;
  const Rejection rejection = append_json(document, form, JsonTarget::postgresql, out);
  return rejection == Rejection::none ? out : std::string(format_rejection(rejection));
}

std::string full_document(std::string_view what, JsonForm form) {
  const Result<ChangeEvent> event = decode_event(captured(what).bson);
  EXPECT_TRUE(event.ok());
  return json_of(event.value().full_document, form);
}

TEST(CapturedEventsTest, DocumentsThatCannotBeRowsAreRejected) {
  EXPECT_EQ(full_document("duplicate keys", JsonForm::plain), "duplicate_key");
  EXPECT_EQ(full_document("invalid UTF-8 in a key", JsonForm::plain), "invalid_name");
}

TEST(CapturedEventsTest, WhatExtendedJsonCannotHoldIsWrapped) {
  const std::string strings = full_document("strings", JsonForm::extended);
  EXPECT_NE(strings.find(
                R"("nul":{"$string":{"base64":"YQBi"}},"onlynul":{"$string":{"base64":"AA=="}})"),
            std::string::npos);
  EXPECT_NE(strings.find("\"noncharacter\":\"\xef\xbf\xbf\""), std::string::npos);
  EXPECT_NE(
      full_document("invalid UTF-8 in values", JsonForm::plain).find(R"({"$string":{"base64":)"),
      std::string::npos);
  EXPECT_EQ(full_document("keys with dots and dollars", JsonForm::extended).substr(0, 45),
            R"({"$literal":{"_id":{"$numberInt":"20"},"a.b":)");
}

TEST(CapturedEventsTest, EveryEventDecodes) {
  std::size_t row_count = 0;
  for (const Captured& line : captured_events()) {
    const Result<ChangeEvent> result = decode_event(line.bson);
    ASSERT_TRUE(result.ok()) << line.what << ": " << result.error().message;
    const ChangeEvent& event = result.value();
    EXPECT_NE(event.operation, OperationType::unknown) << line.what;
    EXPECT_FALSE(event.cluster_time.is_zero());
    EXPECT_GT(event.wall_time_ms, 0);
    EXPECT_EQ(event.transaction_session.empty(),
              line.what.find("in one transaction") == std::string::npos)
        << line.what;
    if (!line.event.is_null()) {
      EXPECT_EQ(event.token.data, line.event["_id"]["_data"].get<std::string>());
      EXPECT_EQ(event.operation_name, line.event["operationType"].get<std::string>());
      EXPECT_EQ(event.ns.database,
                line.event.contains("ns") ? line.event["ns"]["db"].get<std::string>() : "");
      EXPECT_EQ(event.to.collection,
                line.event.contains("to") ? line.event["to"]["coll"].get<std::string>() : "");
      EXPECT_EQ(!event.full_document.empty(),
                line.event.contains("fullDocument") && line.event["fullDocument"].is_object());
    }
    if (event.document_key.empty()) continue;
    ++row_count;
    std::string key;
    EXPECT_TRUE(append_key_text(event.document_key, key)) << line.what;
    std::string key_of_document;
    if (!event.full_document.empty()) {
      EXPECT_TRUE(append_key_text(event.full_document, key_of_document));
      EXPECT_EQ(key, key_of_document)
          << line.what << ": the key and the document name the same row";
    }
  }
  EXPECT_GT(row_count, 100U);
}

// Replacing {_id: 1.5} by {_id: NumberDecimal("1.5")} is a write to the same document.
TEST(CapturedEventsTest, AnEqualIdOfAnotherNumberTypeIsTheSameRow) {
  std::string before;
  std::string after;
  ASSERT_TRUE(
      append_key_text(decode_event(captured("_id double").bson).value().document_key, before));
  const Result<ChangeEvent> replace =
      decode_event(captured("replace with an equal _id of another number type").bson);
  ASSERT_TRUE(append_key_text(replace.value().full_document, after));
  EXPECT_EQ(before, "1.5");
  EXPECT_EQ(after, "1.5");
}

TEST(CapturedEventsTest, DifferentIdsAreDifferentRows) {
  std::set<std::string> keys;
  std::size_t inserts = 0;
  for (const Captured& line : captured_events()) {
    if (line.group != "keys" || line.what.substr(0, 3) != "_id") continue;
    std::string key;
    ASSERT_TRUE(append_key_text(decode_event(line.bson).value().document_key, key));
    EXPECT_TRUE(keys.insert(key).second) << line.what;
    ++inserts;
  }
  EXPECT_EQ(inserts, 29U);
}

// The document or array `name` in a document; empty when there is none.
RawDocument part_of(RawDocument document, std::string_view name) {
  BsonReader reader{};
  if (document.empty() || !reader.open(document)) return {};
  BsonElement element;
  while (reader.next(element) == BsonReader::Step::element) {
    if (element.name() == name) return element.document();
  }
  return {};
}

TEST(CapturedEventsTest, RepliesAreWalkedEventByEvent) {
  std::ifstream file(RELAY_SOURCE_DIR "/tests/data/replies-6.0.5.jsonl");
  std::size_t event_count = 0;
  for (std::string line; std::getline(file, line);) {
    const Json json = Json::parse(line);
    if (!json["reply"].contains("cursor")) continue;
    for (const char* batch : {"firstBatch", "nextBatch"}) {
      if (!json["reply"]["cursor"].contains(batch)) continue;
      const Bytes bytes = from_base64(json["bson"].get<std::string>());
      EventWalker walker(part_of(part_of(bytes, "cursor"), batch));
      for (const Json& expected : json["reply"]["cursor"][batch]) {
        const Result<std::optional<RawDocument>> event = walker.next();
        ASSERT_TRUE(event.ok() && event.value());
        if (!expected.contains("operationType")) continue;
        const Result<ChangeEvent> decoded = decode_event(*event.value());
        ASSERT_TRUE(decoded.ok());
        EXPECT_EQ(decoded.value().token.data, expected["_id"]["_data"].get<std::string>());
        ++event_count;
      }
      const Result<std::optional<RawDocument>> end = walker.next();
      EXPECT_TRUE(end.ok() && !end.value());
    }
  }
  EXPECT_GT(event_count, 0U);
}

// Everything that reads bytes, on bytes of any content: no crash, no read out of bounds (the
// sanitizers see to that), and whatever is not rejected is JSON.
void read_everything(const Bytes& bytes, std::mt19937_64& random) {
  std::string text;
  if (append_json(bytes, JsonForm::plain, JsonTarget::cratedb, text) == Rejection::none &&
      random() % 64 == 0) {
    EXPECT_TRUE(Json::accept(text)) << text;
  }
  EXPECT_FALSE(format_dead_letter_document(bytes).empty());
  EventWalker walker(bytes);
  for (;;) {
    const Result<std::optional<RawDocument>> event = walker.next();
    if (!event.ok() || !event.value()) break;
  }
  const Result<ChangeEvent> event = decode_event(bytes);
  if (!event.ok()) return;
  std::string key;
  if (!event.value().document_key.empty() && !append_key_text(event.value().document_key, key)) {
    EXPECT_TRUE(key.empty());
  }
}

TEST(CapturedEventsTest, DamagedBytesAreRefusedNotFollowed) {
  std::mt19937_64 random(test_seed());
  for (const Captured& line : captured_events()) {
    if (line.bson.size() > 4'000) continue;  // Long strings only make the test slow.
    for (int round = 0; round < 20; ++round) {
      Bytes bytes = line.bson;
      const std::size_t flips = 1 + random() % 4;
      for (std::size_t i = 0; i < flips; ++i) {
        std::uint8_t& byte = bytes[random() % bytes.size()];
        byte = round % 2 == 0 ? static_cast<std::uint8_t>(random())
                              : static_cast<std::uint8_t>(byte ^ (1U << random() % 8));
      }
      read_everything(bytes, random);
      // A vector of its own, so that the sanitizer knows where it ends.
      Bytes cut(bytes.begin(),
                bytes.begin() + static_cast<std::ptrdiff_t>(random() % bytes.size()));
      read_everything(cut, random);
      if (cut.size() < 5) continue;
      // A size that fits gets further in.
      for (std::size_t i = 0; i < 4; ++i)
        cut[i] = static_cast<std::uint8_t>(cut.size() >> (8 * i));
      cut.back() = 0;
      read_everything(cut, random);
    }
  }
}

}  // namespace
}  // namespace relay
