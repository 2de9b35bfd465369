// Random documents whose fields meet again and again with values of other types: what
// OBJECT(DYNAMIC) would cast, cut, refuse or drop. For tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "decode/bson_builder.h"

namespace relay {

class ObjectDocuments {
 public:
  explicit ObjectDocuments(std::uint64_t seed) : random_(seed) {}

  BsonBuilder document(int depth) {
    BsonBuilder builder;
    for (int i = 0, count = pick(5); i < count; ++i)
      add(builder, name() + std::to_string(i), depth);
    return builder;
  }

  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

 private:
  std::string name() {
    static const std::vector<std::string> kNames = {"a", "b", "c", "d", "a.b", "x[", "e'", ""};
    return kNames[static_cast<std::size_t>(pick(static_cast<int>(kNames.size())))];
  }

  void add(BsonBuilder& builder, const std::string& field, int depth) {
    switch (pick(depth < 4 ? 15 : 13)) {
      case 0:
        builder.int32(field, pick(10));
        break;
      case 1:
        builder.int64(field, static_cast<std::int64_t>(random_()));
        break;
      case 2:
        builder.real(field, pick(10));
        break;
      case 3:
        builder.real(field, pick(100) / 8.0);
        break;
      case 4:
        builder.string(field, std::to_string(pick(100)));
        break;
      case 5:
        builder.string(field, R"({"x":1})");
        break;
      case 6:
        builder.boolean(field, pick(2) == 0);
        break;
      case 7:
        builder.null(field);
        break;
      case 8:
        builder.object_id(field, "abcdefghijkl");
        break;
      case 9:
        builder.date(field, static_cast<std::int64_t>(random_() >> 10U));
        break;
      case 10:
        builder.decimal(field, "1.10");
        break;
      case 11:
        builder.timestamp(field, 1, 2);
        break;
      case 12:
        builder.real(field, pick(2) == 0 ? -0.0 : 1e300);
        break;
      case 13:
        builder.document(field, document(depth + 1));
        break;
      default:
        builder.array(field, array(depth + 1));
        break;
    }
  }

  // Mostly of one kind.
  BsonBuilder array(int depth) {
    BsonBuilder builder;
    const int kind = pick(4);
    for (int i = 0, count = pick(4); i < count; ++i) {
      const std::string index = std::to_string(i);
      if (kind == 0) builder.int32(index, pick(10));
      if (kind == 1) builder.string(index, "x");
      if (kind == 2) builder.document(index, document(depth + 1));
      if (kind == 3) add(builder, index, depth);
    }
    return builder;
  }

  std::mt19937_64 random_;
};

}  // namespace relay
