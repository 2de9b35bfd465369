#include "verify/canonical_decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "decode/json_value.h"

namespace relay {
namespace {

// `text`: what follows `e`; a JSON number was checked before. False: more than 32 bits.
bool read_exponent(std::string_view text, std::int64_t& exponent) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int32_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  exponent = value;
  return status == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool append_canonical_decimal(std::string_view text, std::string& out) {
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") {
    out += text;
    return true;
  }
  if (!is_json_number(text)) return false;
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const std::size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
  std::int64_t exponent = 0;
  if (mantissa_end < text.size() && !read_exponent(text.substr(mantissa_end + 1), exponent))
    return false;
  const std::string_view mantissa = text.substr(0, mantissa_end);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t start = out.size();
  if (is_negative) out.push_back('-');
  const std::size_t digits_at = out.size();
  out += mantissa.substr(0, point);
  if (point < mantissa.size()) {
    out += mantissa.substr(point + 1);
    exponent -= static_cast<std::int64_t>(mantissa.size() - point - 1);
  }
  const std::size_t first = out.find_first_not_of('0', digits_at);
  if (first == std::string::npos) {
    out.resize(start);
    out.push_back('0');
    return true;
  }
  const std::size_t end = out.find_last_not_of('0') + 1;
  exponent += static_cast<std::int64_t>(out.size() - end);
  out.resize(end);
  out.erase(digits_at, first - digits_at);
  out.push_back('e');
  out += std::to_string(exponent);
  return true;
}

}  // namespace relay
