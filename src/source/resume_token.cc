#include "source/resume_token.h"

#include <charconv>

namespace relay {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::optional<unsigned> parse_hex(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string format_hex(RawDocument bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4U]);
    text.push_back(kHexDigits[byte & 15U]);
  }
  return text;
}

std::optional<std::string> parse_hex_bytes(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const std::optional<unsigned> byte = parse_hex(text.substr(at, 2));
    if (!byte) return std::nullopt;
    bytes.push_back(static_cast<char>(*byte));
  }
  return bytes;
}

}  // namespace

std::optional<std::string> format_token(RawDocument token) {
  bson_iter_t at;
  if (!start_reading(token, at)) return std::nullopt;
  std::optional<std::string> data;
  std::string type_bits;
  while (bson_iter_next(&at)) {
    const std::string_view key = bson_iter_key(&at);
    std::uint32_t length = 0;
    if (key == "_data" && BSON_ITER_HOLDS_UTF8(&at)) {
      const char* text = bson_iter_utf8(&at, &length);
      data.emplace(text, length);
    } else if (key == "_typeBits" && BSON_ITER_HOLDS_BINARY(&at)) {
      const std::uint8_t* bytes = nullptr;
      bson_iter_binary(&at, nullptr, &length, &bytes);
      type_bits = format_hex({bytes, length});
    }
  }
  if (data && !type_bits.empty()) data->append(".").append(type_bits);
  return data;
}

BsonDocument to_token_document(std::string_view text) {
  BsonDocument token;
  const std::size_t dot = text.find('.');
  const std::optional<std::string> type_bits =
      dot == std::string_view::npos ? std::nullopt : parse_hex_bytes(text.substr(dot + 1));
  if (!type_bits) {
    token.add_text("_data", text);
    return token;
  }
  token.add_text("_data", text.substr(0, dot)).add_binary("_typeBits", *type_bits);
  return token;
}

std::optional<ClusterTime> cluster_time_of(std::string_view text) {
  if (text.size() < 18 || !text.starts_with("82")) return std::nullopt;
  const std::optional<unsigned> seconds = parse_hex(text.substr(2, 8));
  const std::optional<unsigned> increment = parse_hex(text.substr(10, 8));
  if (!seconds || !increment) return std::nullopt;
  return ClusterTime{*seconds, *increment};
}

}  // namespace relay
