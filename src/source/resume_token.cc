#include "source/resume_token.h"

#include <charconv>

namespace relay {

namespace {

std::optional<unsigned> parse_hex(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
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

std::optional<std::string> read_token(RawDocument token) {
  bson_iter_t at;
  if (!start_reading(token, at)) return std::nullopt;
  TokenView parts;
  bool has_data = false;
  while (bson_iter_next(&at)) {
    const std::string_view key = bson_iter_key(&at);
    std::uint32_t length = 0;
    if (key == "_data" && BSON_ITER_HOLDS_UTF8(&at)) {
      const char* text = bson_iter_utf8(&at, &length);
      parts.data = {text, length};
      has_data = true;
    } else if (key == "_typeBits" && BSON_ITER_HOLDS_BINARY(&at)) {
      const std::uint8_t* bytes = nullptr;
      bson_iter_binary(&at, nullptr, &length, &bytes);
      parts.type_bits = {bytes, length};
    }
  }
  if (!has_data) return std::nullopt;
  return format_token(parts);
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
