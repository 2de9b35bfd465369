// Goal: two `_id`s have the same key text if and only if MongoDB calls them equal.
// Method: random values from a small world, so that many are equal or nearly so, every pair
// compared by its text and by a model of MongoDB's comparison that shares nothing with the code
// under test: numbers are compared as exact decimal expansions made by printf.
#include <cmath>
#include <cstdio>
#include <random>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/key_parse.h"
#include "decode/key_text.h"
#include "decode/seed.h"

namespace relay {
namespace {

using namespace std::string_literals;

// A value as the model sees it.
struct Node {
  enum class Kind { int32, int64, real, decimal, string, symbol, document, array, scope, other };

  Kind kind = Kind::other;
  std::int64_t integer = 0;  // int32, int64
  double real = 0;           // real
  std::string text;  // string, symbol; decimal: its text; scope: the code; other: the value's bytes
  std::uint8_t other_type = 0;                       // other: the BSON type
  std::vector<std::pair<std::string, Node>> fields;  // document, array, scope
};

// Without leading zeros before the point and trailing zeros behind it: one text for each number.
std::string tidy(std::string text) {
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  const bool is_negative = text.front() == '-';
  text.erase(0, is_negative ? 1 : 0);
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  if (text.empty()) return "0";
  return (is_negative ? "-" : "") + text;
}

std::string expand(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text(1'500, '\0');
  text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.1074f", value)));
  return tidy(text);
}

// Of a decimal as the generator writes it: digits, perhaps a point, perhaps an exponent.
std::string expand(const std::string& decimal) {
  if (decimal == "NaN") return "nan";
  if (decimal == "Infinity") return "inf";
  if (decimal == "-Infinity") return "-inf";
  std::string digits = decimal.substr(0, decimal.find('E'));
  int exponent =
      decimal.find('E') == std::string::npos ? 0 : std::stoi(decimal.substr(decimal.find('E') + 1));
  const std::string sign = digits.front() == '-' ? "-" : "";
  digits.erase(0, sign.size());
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    exponent -= static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  if (exponent >= 0)
    return tidy(sign + digits + std::string(static_cast<std::size_t>(exponent), '0'));
  const auto decimals = static_cast<std::size_t>(-exponent);
  if (digits.size() <= decimals) digits.insert(0, decimals - digits.size() + 1, '0');
  return tidy(sign + digits.insert(digits.size() - decimals, "."));
}

// What MongoDB compares first: the class of the type; then the value.
std::string class_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::int32:
    case Node::Kind::int64:
    case Node::Kind::real:
    case Node::Kind::decimal:
      return "number";
    case Node::Kind::string:
    case Node::Kind::symbol:
      return "string";
    case Node::Kind::document:
      return "document";
    case Node::Kind::array:
      return "array";
    case Node::Kind::scope:
      return "scope";
    case Node::Kind::other:
      break;
  }
  return "other " + std::to_string(node.other_type);
}

std::string number_of(const Node& node) {
  if (node.kind == Node::Kind::real) return expand(node.real);
  if (node.kind == Node::Kind::decimal) return expand(node.text);
  return std::to_string(node.integer);
}

bool is_equal(const Node& a, const Node& b) {
  if (class_of(a) != class_of(b)) return false;
  if (class_of(a) == "number") return number_of(a) == number_of(b);
  if (a.text != b.text || a.fields.size() != b.fields.size()) return false;
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    if (a.kind != Node::Kind::array && a.fields[i].first != b.fields[i].first) return false;
    if (!is_equal(a.fields[i].second, b.fields[i].second)) return false;
  }
  return true;
}

BsonBuilder fields_of(const Node& node);

void append(const std::string& name, const Node& node, BsonBuilder& out) {
  switch (node.kind) {
    case Node::Kind::int32:
      out.int32(name, static_cast<std::int32_t>(node.integer));
      break;
    case Node::Kind::int64:
      out.int64(name, node.integer);
      break;
    case Node::Kind::real:
      out.real(name, node.real);
      break;
    case Node::Kind::decimal:
      out.decimal(name, node.text.c_str());
      break;
    case Node::Kind::string:
      out.string(name, node.text);
      break;
    case Node::Kind::symbol:
      out.raw(0x0E, name, string_value(node.text));
      break;
    case Node::Kind::document:
      out.document(name, fields_of(node));
      break;
    case Node::Kind::array:
      out.array(name, fields_of(node));
      break;
    case Node::Kind::scope: {
      const std::string scope = string_value(node.text) + as_text(fields_of(node).bytes());
      out.raw(0x0F, name, little_endian(scope.size() + 4, 4) + scope);
      break;
    }
    case Node::Kind::other:
      out.raw(node.other_type, name, node.text);
      break;
  }
}

BsonBuilder fields_of(const Node& node) {
  BsonBuilder document;
  for (const auto& [name, value] : node.fields)
    append(name, value, document);
  return document;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Node any(int depth) {
    const auto choice = below(depth > 0 ? 14 : 10);
    if (choice < 5) return number();
    if (choice < 8) return text();
    if (choice < 10) return other();
    Node node;
    node.kind = choice == 13   ? Node::Kind::scope
                : choice == 12 ? Node::Kind::array
                               : Node::Kind::document;
    if (node.kind == Node::Kind::scope) node.text = pick(kTexts);
    for (auto count = below(4); count > 0; --count) {
      const std::string name = pick(kNames);
      node.fields.emplace_back(name, any(depth - 1));
    }
    return node;
  }

  // The same value to MongoDB, in other bytes where there are any; now and then with one leaf
  // changed.
  Node variant(const Node& node) {
    if (below(12) == 0) return any(1);
    Node other = node;
    if (class_of(node) == "number") return equal_number(node);
    if (node.kind == Node::Kind::string) other.kind = Node::Kind::symbol;
    if (node.kind == Node::Kind::symbol) other.kind = Node::Kind::string;
    for (auto& [name, value] : other.fields) {
      value = variant(value);
      if (node.kind == Node::Kind::array) name = pick(kNames);
    }
    return other;
  }

 private:
  // clang-format off: a list with one value a line is no easier to read.
  static inline const std::vector<std::string> kTexts = {
      "", "a", "b", "1", "1.0", "-0", "01", "1e+30", "0.1", "true", "null", "{", "[1]", "\"a\"",
      "a\0b"s, "\xff", "\xff\xfe", "507f1f77bcf86cd799439011", "{\"a\":1}",
      "{\"$oid\":\"507f1f77bcf86cd799439011\"}", "{\"$numberDecimal\":\"0.1\"}", "/w==",
      "{\"$string\":{\"base64\":\"/w==\"}}", "{\"$numberDouble\":\"NaN\"}",
      "{\"$uuid\":\"00000000-0000-0000-0000-000000000000\"}"};
  static inline const std::vector<std::string> kNames = {
      "a", "a", "b", "", "$oid", "$numberDecimal", "$numberDouble", "$ref", "$id", "$literal",
      "$string", "base64", "$code", "$scope", "\xff", "\xfe", "/w==", "$base64Names", "YQ==", "0",
      "1", "$undefined", "$minKey", "$symbol"};
  static inline const std::vector<std::int64_t> kIntegers = {
      0, 1, 1, -1, 10, 100, 1'000'000, 9'007'199'254'740'992, 9'007'199'254'740'993,
      9'223'372'036'854'775'807, -9'223'372'036'854'775'807 - 1};
  static inline const std::vector<double> kReals = {
      0.0, -0.0, 1, -1, 0.5, 1.5, 0.1, 10, 1e6, 1e19, 1e22, 1e23, 1e30, 9223372036854775808.0,
      -9223372036854775808.0, 9007199254740992.0, 5e-324, 1.7976931348623157e308, NAN, HUGE_VAL,
      -HUGE_VAL, 1e-7};
  static inline const std::vector<std::string> kDecimals = {
      "0", "-0", "0E+3", "0E-20", "1", "1.0", "1.00", "0.1E+1", "1E+1", "10", "1E+6", "0.5", "0.50",
      "1.5", "0.1", "0.10", "1E+19", "1E+22", "1E+23", "10E+22", "1E+30", "9223372036854775807",
      "9223372036854775808", "-9223372036854775808", "9007199254740992", "9007199254740993",
      "0.1000000000000000055511151231257827", "1E-7", "1E-6176", "1E+6144", "NaN", "Infinity",
      "-Infinity", "1000000000000000019884624838656"};
  // clang-format on

  std::size_t below(std::size_t limit) { return random_() % limit; }
  template <class T>
  T pick(const std::vector<T>& values) {
    return values[below(values.size())];
  }

  Node number() {
    Node node;
    switch (below(3)) {
      case 0:
        return integer_node(pick(kIntegers));
      case 1:
        node.kind = Node::Kind::real;
        node.real = pick(kReals);
        return node;
      default:
        node.kind = Node::Kind::decimal;
        node.text = pick(kDecimals);
        return node;
    }
  }

  Node integer_node(std::int64_t value) {
    Node node;
    node.kind = below(2) == 0 && value == static_cast<std::int32_t>(value) ? Node::Kind::int32
                                                                           : Node::Kind::int64;
    node.integer = value;
    return node;
  }

  // Another number that is equal, searched by trial.
  Node equal_number(const Node& node) {
    for (int i = 0; i < 60; ++i) {
      Node candidate = number();
      if (number_of(candidate) == number_of(node)) return candidate;
    }
    return node;
  }

  Node text() {
    Node node;
    node.kind = below(3) == 0 ? Node::Kind::symbol : Node::Kind::string;
    node.text = pick(kTexts);
    return node;
  }

  Node other() {
    static const std::string kZeros(16, '\0');
    static const std::vector<std::pair<std::uint8_t, std::string>> kOthers = {
        {0x05, little_endian(16, 4) + "\x04" + kZeros},
        {0x05, little_endian(16, 4) + "\x03" + kZeros},
        {0x05, little_endian(1, 4) + "\0\xff"s},
        {0x05, little_endian(5, 4) + "\x02" + little_endian(1, 4) + "\xff"},
        {0x05, little_endian(1, 4) + "\x04\xff"},
        {0x06, ""},
        {0x07, "\x50\x7f\x1f\x77\xbc\xf8\x6c\xd7\x99\x43\x90\x11"},
        {0x08, "\1"},
        {0x08, "\0"s},
        {0x09, little_endian(1, 8)},
        {0x09, little_endian(0, 8)},
        {0x0A, ""},
        {0x0B, "a\0i\0"s},
        {0x0B, "a\0\0"s},
        {0x0B, "\xff\0\0"s},
        {0x0C, string_value("a") + "123456789012"},
        {0x0D, string_value("a")},
        {0x0D, string_value("\xff")},
        {0x11, little_endian(1, 8)},
        {0x7F, ""},
        {0xFF, ""}};
    Node node;
    const auto& [type, bytes] = pick(kOthers);
    node.other_type = type;
    node.text = bytes;
    return node;
  }

  std::mt19937_64 random_;
};

TEST(KeyTextPropertyTest, TextsAreEqualExactlyWhenMongodbCallsTheIdsEqual) {
  Generator generator(test_seed());
  std::vector<Node> nodes;
  std::vector<std::string> texts;
  for (int i = 0; i < 400; ++i) {
    Node node = i % 2 == 0 ? generator.any(3) : generator.variant(nodes.back());
    BsonBuilder document;
    append("_id", node, document);
    std::string text;
    ASSERT_TRUE(append_key_text(document.bytes(), text));
    nodes.push_back(std::move(node));
    texts.push_back(std::move(text));
  }
  std::size_t equal_count = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool expected = is_equal(nodes[i], nodes[j]);
      equal_count += expected ? 1 : 0;
      ASSERT_EQ(texts[i] == texts[j], expected) << texts[i] << "\n" << texts[j];
    }
  }
  EXPECT_GT(equal_count, 100U) << "the world is too large to meet equal values";
}

// A text stands for one `_id`, so the `_id` made of the text has to have that text again.
TEST(KeyTextPropertyTest, EveryIdReadsBackFromItsText) {
  Generator generator(test_seed());
  for (int i = 0; i < 5'000; ++i) {
    BsonBuilder document;
    append("_id", generator.any(4), document);
    std::string text;
    ASSERT_TRUE(append_key_text(document.bytes(), text));
    std::string parsed;
    ASSERT_TRUE(parse_key({.name = TypeName::text}, text, parsed)) << text;
    std::string again;
    ASSERT_TRUE(append_key_text(Bytes(parsed.begin(), parsed.end()), again));
    ASSERT_EQ(again, text);
  }
}

}  // namespace
}  // namespace relay
