#include "decode/json_value.h"

#include <algorithm>

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

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 63U));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 63U));
    put(0x80U | (code & 63U));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 63U));
    put(0x80U | (code >> 6U & 63U));
    put(0x80U | (code & 63U));
  }
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

  bool string(std::string& out) {
    text_.remove_prefix(1);
    for (;;) {
      const std::size_t special = text_.find_first_of("\"\\");
      if (special == std::string_view::npos) return false;
      out += text_.substr(0, special);
      text_.remove_prefix(special);
      if (take("\"")) return is_utf8(out);
      text_.remove_prefix(1);
      if (!escape(out)) return false;
    }
  }

  bool escape(std::string& out) {
    if (text_.empty()) return false;
    const char c = text_.front();
    text_.remove_prefix(1);
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
    if (const std::size_t index = kLetters.find(c); index != std::string_view::npos) {
      out.push_back(kCharacters[index]);
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u' || !code_unit(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      std::uint32_t low = 0;
      if (!take("\\u") || !code_unit(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(code, out);  // A low surrogate alone makes text that is no UTF-8.
    return true;
  }

  bool code_unit(std::uint32_t& code) {
    if (text_.size() < 4) return false;
    for (const char c : text_.substr(0, 4)) {
      std::uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<std::uint32_t>(c - '0');
      } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        digit = static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
      } else {
        return false;
      }
      code = code << 4U | digit;
    }
    text_.remove_prefix(4);
    return true;
  }

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
