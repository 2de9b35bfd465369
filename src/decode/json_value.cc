#include "decode/json_value.h"

#include <algorithm>

#include "decode/json_string.h"
#include "decode/text_format.h"

namespace relay {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Skips digits; false when there are none.
bool skip_digits(const char*& at, const char* end) {
  const char* const start = at;
  while (at != end && is_digit(*at))
    ++at;
  return at != start;
}

// Recursion ends at depth_max.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool value(JsonValue& out, std::size_t depth_left) {
    skip_blanks();
    if (text_.empty() || depth_left == 0) return false;
    switch (text_.front()) {
      case '{':
      case '[':
        return nested(out, depth_left - 1);
      case '"':
        out.kind = JsonValue::Kind::string;
        return string(out.text);
      case 't':
      case 'f':
        out.kind = JsonValue::Kind::boolean;
        out.boolean = text_.front() == 't';
        return take(out.boolean ? "true" : "false");
      case 'n':
        return take("null");
      default:
        return number(out);
    }
  }

  [[nodiscard]] bool is_done() const { return text_.empty(); }

 private:
  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  void skip_blanks() {
    while (!text_.empty() && std::string_view(" \t\r\n").find(text_.front()) != text_.npos)
      text_.remove_prefix(1);
  }

  bool number(JsonValue& out) {
    const std::size_t end = std::min(text_.find_first_not_of("+-.0123456789eE"), text_.size());
    out.kind = JsonValue::Kind::number;
    out.text = text_.substr(0, end);
    text_.remove_prefix(end);
    return is_json_number(out.text);
  }

  bool nested(JsonValue& out, std::size_t depth_left) {
    const bool is_object = text_.front() == '{';
    const std::string_view closing = is_object ? "}" : "]";
    out.kind = is_object ? JsonValue::Kind::object : JsonValue::Kind::array;
    text_.remove_prefix(1);
    skip_blanks();
    if (take(closing)) return true;
    for (;;) {
      auto& [name, member] = out.members.emplace_back();
      skip_blanks();
      if (is_object) {
        if (text_.empty() || text_.front() != '"' || !string(name)) return false;
        skip_blanks();
        if (!take(":")) return false;
      }
      if (!value(member, depth_left)) return false;
      skip_blanks();
      if (take(closing)) return true;
      if (!take(",")) return false;
    }
  }

  bool string(std::string& out) { return take_json_string(text_, out) && is_utf8(out); }

  std::string_view text_;
};

}  // namespace

const JsonValue* JsonValue::only(std::string_view name) const {
  const bool is_it = kind == Kind::object && members.size() == 1 && members.front().name == name;
  return is_it ? &members.front().value : nullptr;
}

std::optional<JsonValue> parse_json(std::string_view text, std::size_t depth_max) {
  Parser parser(text);
  JsonValue value;
  if (text.starts_with(' ') || !parser.value(value, depth_max) || !parser.is_done())
    return std::nullopt;
  return value;
}

bool is_json_number(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at != end && *at == '-') ++at;
  if (at != end && *at == '0') {
    ++at;
  } else if (!skip_digits(at, end)) {
    return false;
  }
  if (at != end && *at == '.' && !skip_digits(++at, end)) return false;
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!skip_digits(at, end)) return false;
  }
  return at == end;
}

}  // namespace relay
