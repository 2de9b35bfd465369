#include "source/captured.h"

#include <fstream>
#include <stdexcept>
#include <string_view>

#include <nlohmann/json.hpp>

namespace relay {

namespace {

std::vector<std::uint8_t> decode_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> bytes;
  unsigned bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6U | static_cast<unsigned>(kDigits.find(c));
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(bit_count)));
    bits &= (1U << static_cast<unsigned>(bit_count)) - 1U;
  }
  return bytes;
}

}  // namespace

std::vector<CapturedLine> load_captured(const std::string& file) {
  std::ifstream input(std::string(RELAY_SOURCE_DIR) + "/tests/data/" + file);
  std::vector<CapturedLine> lines;
  for (std::string text; std::getline(input, text);) {
    const nlohmann::json line = nlohmann::json::parse(text);
    lines.push_back({.what = line.at("what").get<std::string>(),
                     .group = line.value("group", ""),
                     .bson = decode_base64(line.at("bson").get<std::string>())});
  }
  if (lines.empty()) throw std::runtime_error("tests/data/" + file + " is missing or empty");
  return lines;
}

CapturedLine captured_reply(const std::string& what) {
  for (CapturedLine& line : load_captured("replies-6.0.5.jsonl")) {
    if (line.what == what) return line;
  }
  throw std::runtime_error("no captured reply: " + what);
}

}  // namespace relay
