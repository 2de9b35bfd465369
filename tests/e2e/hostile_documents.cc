#include "e2e/hostile_documents.h"

#include <array>
#include <limits>

namespace relay {
namespace {

const std::string kNul("a\0b", 3);

}  // namespace

Bson with_id(const std::string& key) {
  Bson document;
  bson_append_utf8(document.get(), "_id", -1, key.data(), static_cast<int>(key.size()));
  return document;
}

Bson with_text(const std::string& key, const std::string& name, const std::string& text) {
  Bson document = with_id(key);
  bson_append_utf8(document.get(),
                   name.data(),
                   static_cast<int>(name.size()),
                   text.data(),
                   static_cast<int>(text.size()));
  return document;
}

Bson with_date(const std::string& key, std::int64_t ms) {
  Bson document = with_id(key);
  bson_append_date_time(document.get(), "at", -1, ms);
  return document;
}

Bson with_decimal(const std::string& key, const char* text) {
  Bson document = with_id(key);
  bson_decimal128_t decimal;
  bson_decimal128_from_string(text, &decimal);
  bson_append_decimal128(document.get(), "total", -1, &decimal);
  return document;
}

// `levels` documents or arrays below the outermost document.
Bson with_depth(const std::string& key, int levels, bool is_array) {
  Bson inner;
  for (int level = 1; level < levels; ++level) {
    Bson outer;
    if (is_array) {
      bson_append_array(outer.get(), "0", -1, inner.get());
    } else {
      bson_append_document(outer.get(), "d", -1, inner.get());
    }
    inner = std::move(outer);
  }
  Bson document = with_id(key);
  if (is_array) {
    bson_append_array(document.get(), "deep", -1, inner.get());
  } else {
    bson_append_document(document.get(), "deep", -1, inner.get());
  }
  return document;
}

Bson with_million(const std::string& key) {
  Bson document = with_id(key);
  bson_t list;
  bson_append_array_begin(document.get(), "list", -1, &list);
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    std::array<char, 16> buffer{};
    const char* name = nullptr;
    const std::size_t length = bson_uint32_to_string(i, &name, buffer.data(), buffer.size());
    bson_append_bool(&list, name, static_cast<int>(length), false);
  }
  bson_append_array_end(document.get(), &list);
  return document;
}

std::vector<Bson> hostile_texts() {
  std::vector<Bson> documents;
  const std::vector<std::string> texts = {kNul,
                                          "caf\xc3 \xff",
                                          "\xed\xa0\x80",  // A lone surrogate.
                                          "\xed\xb0\x80\xed\xa0\x80",
                                          "\xc0\x80",          // NUL, overlong.
                                          "\xf4\x90\x80\x80",  // Beyond U+10FFFF.
                                          "\xef\xbf\xbe\xef\xbf\xbf",
                                          "\\u0000\\ud800",
                                          "\x01\x1f\x7f\"\\/\b\f\n\r\t",
                                          "'; DROP TABLE sales.orders; --",
                                          "\\N\t\\.\n",
                                          "{1,NULL,\"x\"}"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    documents.push_back(with_text("text" + std::to_string(i), "text", texts[i]));
    Bson inside = with_id("inside" + std::to_string(i));
    bson_append_document(inside.get(), "o", -1, with_text(texts[i], "x", texts[i]).get());
    bson_append_code(inside.get(), "code", -1, i == 0 ? "" : texts[i].c_str());
    bson_append_symbol(
        inside.get(), "symbol", -1, texts[i].data(), static_cast<int>(texts[i].size()));
    documents.push_back(std::move(inside));
  }
  return documents;
}

std::vector<Bson> hostile_names() {
  std::vector<Bson> documents;
  const std::vector<std::string> names = {"",
                                          ".",
                                          "a.b",
                                          "a..b.",
                                          "$set",
                                          "$",
                                          "a\"b",
                                          "a'b\\",
                                          "\"; DROP TABLE sales.orders; --",
                                          "'); DELETE FROM sales.typed; --",
                                          "data",
                                          "oid",
                                          "deleted_at",
                                          "ctid",
                                          "TEXT",
                                          "$1",
                                          "%s%n",
                                          std::string(100, 'n'),
                                          std::string(70, 'n') + "1",
                                          std::string(70, 'n') + "2",
                                          "\xe2\x82\xac\n\t\x01"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    documents.push_back(with_text("name" + std::to_string(i), names[i], "x"));
    Bson inside = with_id("name_inside" + std::to_string(i));
    bson_append_document(inside.get(), "o", -1, with_text("x", names[i], "x").get());
    documents.push_back(std::move(inside));
  }
  return documents;
}

// What a reader of Extended JSON would take for something else.
std::vector<Bson> look_alikes() {
  std::vector<Bson> documents;
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"$oid", "507f1f77bcf86cd799439011"},
      {"$numberLong", "1"},
      {"$numberDecimal", "x"},
      {"$numberDouble", "NaN"},
      {"$date", "2024-01-01T00:00:00Z"},
      {"$uuid", "x"},
      {"$symbol", "s"},
      {"$code", "c"},
      {"$undefined", "true"},
      {"$minKey", "1"}};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    Bson inner;
    bson_append_utf8(inner.get(), pairs[i].first.c_str(), -1, pairs[i].second.c_str(), -1);
    Bson document = with_id("alike" + std::to_string(i));
    bson_append_document(document.get(), "o", -1, inner.get());
    Bson outer;
    bson_append_document(outer.get(), i % 2 == 0 ? "$literal" : "$string", -1, inner.get());
    bson_append_document(document.get(), "w", -1, outer.get());
    documents.push_back(std::move(document));
  }
  return documents;
}

std::vector<Bson> ends_of_types() {
  std::vector<Bson> documents;
  const std::vector<std::int64_t> dates = {std::numeric_limits<std::int64_t>::min(),
                                           std::numeric_limits<std::int64_t>::max(),
                                           -62'135'596'800'001,
                                           253'402'300'800'000,
                                           -210'866'803'200'000,
                                           -210'866'803'200'001,
                                           9'224'318'015'999'999,
                                           9'224'318'016'000'000};
  for (std::size_t i = 0; i < dates.size(); ++i)
    documents.push_back(with_date("date" + std::to_string(i), dates[i]));
  const std::vector<const char*> decimals = {"1E+6144",
                                             "-9.999999999999999999999999999999999E+6144",
                                             "1E-6176",
                                             "-0E+6111",
                                             "NaN",
                                             "-Infinity",
                                             "0.1000000000000000000000000000000000"};
  for (std::size_t i = 0; i < decimals.size(); ++i)
    documents.push_back(with_decimal("decimal" + std::to_string(i), decimals[i]));
  return documents;
}

// An _id of every type that the server takes for one, and its key text.
std::vector<std::pair<std::string, std::string>> ids_and_keys() {
  return {
      {R"({"$oid": "507f1f77bcf86cd799439011"})", "507f1f77bcf86cd799439011"},
      {R"("507f1f77bcf86cd799439011")", R"("507f1f77bcf86cd799439011")"},
      {R"({"$numberInt": "1"})", "1"},
      {R"("1")", R"("1")"},
      {R"({"$numberLong": "9223372036854775807"})", "9223372036854775807"},
      {R"({"$numberDouble": "1e300"})", "1e+300"},
      {R"({"$numberDouble": "NaN"})", R"({"$numberDouble":"NaN"})"},
      {R"({"$numberDouble": "-Infinity"})", R"({"$numberDouble":"-Infinity"})"},
      {R"({"$numberDecimal": "0.10"})", R"({"$numberDecimal":"0.1"})"},
      {R"({"$numberDecimal": "1E+6144"})", R"({"$numberDecimal":"1E+6144"})"},
      {R"({"a": 1, "b": {"$numberDecimal": "1E-6176"}})",
       R"({"a":1,"b":{"$numberDecimal":"1E-6176"}})"},
      {R"({"b": 1, "a": 1})", R"({"b":1,"a":1})"},
      {R"({"$binary": {"base64": "AAE=", "subType": "00"}})",
       R"({"$binary":{"base64":"AAE=","subType":"00"}})"},
      {R"({"$binary": {"base64": "AAECAwQFBgcICQoLDA0ODw==", "subType": "04"}})",
       R"({"$uuid":"00010203-0405-0607-0809-0a0b0c0d0e0f"})"},
      {"true", "true"},
      {R"("true")", R"("true")"},
      {"null", "null"},
      {R"({"$date": {"$numberLong": "-9223372036854775808"}})",
       R"({"$date":{"$numberLong":"-9223372036854775808"}})"},
      {R"({"$timestamp": {"t": 4294967295, "i": 1}})", R"({"$timestamp":{"t":4294967295,"i":1}})"},
      {R"({"$code": "f"})", R"({"$code":"f"})"},
      {R"({"$symbol": "sym"})", "sym"},
      {R"({"$minKey": 1})", R"({"$minKey":1})"},
      {R"({"$maxKey": 1})", R"({"$maxKey":1})"},
      {R"("")", ""},
      {R"("\"quoted\"")", R"("\"quoted\"")"},
      {R"("{1")", R"("{1")"}};
}

}  // namespace relay
