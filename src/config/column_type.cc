#include "config/column_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "config/nearest.h"
#include "config/value_text.h"

namespace relay {
namespace {

constexpr std::array<std::string_view, 10> kTypes = {"text",
                                                     "boolean",
                                                     "integer",
                                                     "bigint",
                                                     "double precision",
                                                     "numeric",
                                                     "timestamp with time zone",
                                                     "uuid",
                                                     "bytea",
                                                     "json"};

// A number alone, blanks around it allowed.
std::optional<int> parse_digits(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  int number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_sized_numeric(std::string_view type) {
  if (!type.starts_with("numeric(") || !type.ends_with(')')) return false;
  const std::string_view inner = type.substr(8, type.size() - 9);
  const std::size_t comma = inner.find(',');
  const std::optional<int> precision = parse_digits(inner.substr(0, comma));
  const std::optional<int> scale =
      comma == std::string_view::npos ? 0 : parse_digits(inner.substr(comma + 1));
  return precision && scale && *precision >= 1 && *precision <= 1'000 && *scale <= *precision;
}

}  // namespace

bool is_column_type(std::string_view type) {
  if (type.ends_with("[]")) type.remove_suffix(2);
  return std::ranges::find(kTypes, type) != kTypes.end() || is_sized_numeric(type);
}

std::string explain_column_type(std::string_view type) {
  std::string text = quote_briefly(type) + " is no column type";
  const std::string_view nearest = nearest_word(type, kTypes);
  if (!nearest.empty()) text.append("; did you mean ").append(nearest).append("?");
  return text;
}

}  // namespace relay
