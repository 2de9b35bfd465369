// Random documents of every BSON type, nested. No name occurs twice in a document or begins with
// `$`, and no text has a NUL. For tests.
#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "decode/bson_builder.h"

namespace relay {

class AnyDocuments {
 public:
  explicit AnyDocuments(std::uint64_t seed) : random_(seed) {}

  BsonBuilder document(int depth) {
    BsonBuilder document;
    const std::uint64_t count = below(6);
    for (std::uint64_t i = 0; i < count; ++i)
      add_value(std::to_string(i) + text(), depth, document);
    return document;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  std::string text() {
    static const std::vector<std::string> kTexts = {"",
                                                    "a",
                                                    "\"",
                                                    "\\",
                                                    "/",
                                                    "\n\t\x01\x1f\x7f",
                                                    "\xc3\xbc",
                                                    "\xe2\x82\xac",
                                                    "\xF0\x9F\x98\x80",
                                                    ".",
                                                    "$",
                                                    "\xe2\x80\xa8",
                                                    "\xef\xbf\xbf"};
    return kTexts[below(kTexts.size())] + kTexts[below(kTexts.size())];
  }
  std::string bytes(std::size_t size) {
    std::string all(size, '\0');
    for (char& byte : all)
      byte = static_cast<char>(random_());
    return all;
  }
  std::string long_value() { return little_endian(random_() >> below(64), 8); }

  void add_value(const std::string& name, int depth, BsonBuilder& out) {
    switch (below(depth == 0 ? 18 : 21)) {
      case 0:
        out.real(name, std::bit_cast<double>(random_()));
        break;
      case 1:
        out.real(name, static_cast<double>(below(2'000)) / 100 - 10);
        break;
      case 2:
        out.string(name, text());
        break;
      case 3:
        out.binary(name, static_cast<std::uint8_t>(below(2) == 0 ? 4 : 128), bytes(below(20)));
        break;
      case 4:
        out.raw(0x06, name, "");
        break;
      case 5:
        out.object_id(name, bytes(12));
        break;
      case 6:
        out.boolean(name, below(2) == 0);
        break;
      case 7:
        out.raw(0x09, name, long_value());
        break;
      case 8:
        out.null(name);
        break;
      case 9:
        out.raw(0x0B, name, text() + '\0' + "imx" + '\0');
        break;
      case 10:
        out.raw(0x0C, name, string_value(text()) + bytes(12));
        break;
      case 11:
        out.raw(0x0D, name, string_value(text()));
        break;
      case 12:
        out.raw(0x0E, name, string_value(text()));
        break;
      case 13:
        out.raw(0x10, name, little_endian(random_() >> below(64), 4));
        break;
      case 14:
        out.raw(0x11, name, bytes(8));
        break;
      case 15:
        out.raw(0x12, name, long_value());
        break;
      case 16:
        out.raw(0x13, name, decimal());
        break;
      case 17:
        out.raw(below(2) == 0 ? 0xFF : 0x7F, name, "");
        break;
      case 18:
        out.document(name, document(depth - 1));
        break;
      case 19:
        out.array(name, BsonBuilder().null("0").document("1", document(depth - 1)));
        break;
      default: {
        const std::string scope = string_value(text()) + as_text(document(depth - 1).bytes());
        out.raw(0x0F, name, little_endian(scope.size() + 4, 4) + scope);
      }
    }
  }

  // Not more than 34 digits, which libbson shows as zero just as we do, but keeps the sign of.
  std::string decimal() {
    const std::uint64_t exponent = below(12'288);
    const std::uint64_t high =
        exponent << 49U | (below(2) << 63U) | (random_() >> (16 + below(40)));
    return little_endian(random_() >> below(64), 8) + little_endian(high, 8);
  }

  std::mt19937_64 random_;
};

}  // namespace relay
