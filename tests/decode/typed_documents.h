// Random documents for a table with a column of every type, many of their values at the ends of
// types, and the mapping of that table. For tests.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "decode/bson_builder.h"
#include "mapping/table_mapping.h"

namespace relay {

inline const std::vector<std::string> kDocumentTypes = {"text",
                                                        "boolean",
                                                        "integer",
                                                        "bigint",
                                                        "double precision",
                                                        "numeric",
                                                        "numeric(20,4)",
                                                        "timestamp with time zone",
                                                        "uuid",
                                                        "bytea",
                                                        "json"};

// Columns 0 to 10 single, their lists in the same order behind them.
inline TableMapping typed_mapping() {
  TableMapping mapping;
  mapping.columns = {
      {.name = "id", .path = {"_id"}, .type = {.name = TypeName::text}, .is_key = true}};
  for (const bool is_list : {false, true}) {
    for (std::size_t i = 0; i < kDocumentTypes.size(); ++i) {
      const std::string name = (is_list ? "l" : "c") + std::to_string(i);
      mapping.columns.push_back(
          {.name = name,
           .path = {name},
           .type = parse_column_type(kDocumentTypes[i] + (is_list ? "[]" : "")).value()});
    }
  }
  return mapping;
}

class TypedDocuments {
 public:
  explicit TypedDocuments(std::uint64_t seed) : random_(seed) {}

  // Each single value again as the only element of its list, so that the two can be compared.
  BsonBuilder document(std::int32_t id) {
    BsonBuilder document = BsonBuilder().int32("_id", id);
    for (std::size_t i = 0; i < kDocumentTypes.size(); ++i) {
      if (below(8) == 0) continue;
      const auto [type, bytes] = value(i);
      document.raw(type, "c" + std::to_string(i), bytes);
      document.array("l" + std::to_string(i), BsonBuilder().raw(type, "0", bytes).null("1"));
    }
    return document;
  }

 private:
  using Value = std::pair<std::uint8_t, std::string>;

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  // Mostly of the kind that the column takes.
  Value value(std::size_t column) {
    switch (below(10) == 0 ? below(kDocumentTypes.size()) : column) {
      case 0:
        return {0x02, string_value(text())};
      case 1:
        return {0x08, std::string(1, static_cast<char>(below(2)))};
      case 7:
        return {0x09, little_endian(random_() >> below(64), 8)};
      case 8:
        return {0x05, little_endian(16, 4) + "\x04" + bytes(16)};
      case 9: {
        const std::string payload = bytes(below(20));
        return {0x05, little_endian(payload.size(), 4).append(1, '\0').append(payload)};
      }
      case 10:
        return {0x03, as_text(BsonBuilder().string("a", text()).int32("b", 1).bytes())};
      default:
        return number();
    }
  }

  Value number() {
    switch (below(4)) {
      case 0:
        return {0x10, little_endian(random_() >> (32 + below(32)), 4)};
      case 1:
        return {0x12, little_endian(random_() >> below(64), 8)};
      case 2: {
        const double decimal = static_cast<double>(below(2'000'000)) / 10'000 - 100;
        const std::uint64_t any = random_() >> below(3);
        return {0x01,
                little_endian(below(2) == 0 ? any : std::bit_cast<std::uint64_t>(decimal), 8)};
      }
      default: {
        static const std::vector<std::string> kExponents = {
            "", "E-1", "E-2", "E+3", "E-19", "E+6100", "E-6170", "E-400"};
        const std::string digits =
            std::to_string(random_() >> below(64)) + std::to_string(random_() >> (16 + below(48)));
        const std::string decimal =
            (below(2) == 0 ? "-" : "") + digits.substr(0, 1 + below(34)) + kExponents[below(8)];
        return {0x13, as_text(BsonBuilder().decimal("", decimal.c_str()).bytes()).substr(6, 16)};
      }
    }
  }

  std::string text() {
    using namespace std::string_literals;
    static const std::vector<std::string> kTexts = {
        "", "a", "NULL", "{}", "\"", "\\", "a,b", " ", "\n\t", "\xF0\x9F\x98\x80", "\xFF", "a\0b"s};
    return kTexts[below(kTexts.size())] + kTexts[below(kTexts.size())];
  }

  std::string bytes(std::size_t size) {
    std::string all(size, '\0');
    for (char& byte : all)
      byte = static_cast<char>(random_());
    return all;
  }

  std::mt19937_64 random_;
};

}  // namespace relay
