#include "mapping/column_type.h"

#include <array>
#include <charconv>

namespace relay {
namespace {

struct NamedType {
  std::string_view text;
  TypeName name;
};

constexpr std::array kTypes = {
    NamedType{"text", TypeName::text},
    NamedType{"boolean", TypeName::boolean},
    NamedType{"integer", TypeName::integer},
    NamedType{"bigint", TypeName::bigint},
    NamedType{"double precision", TypeName::double_precision},
    NamedType{"numeric", TypeName::numeric},
    NamedType{"timestamp with time zone", TypeName::timestamp},
    NamedType{"uuid", TypeName::uuid},
    NamedType{"bytea", TypeName::bytea},
    NamedType{"json", TypeName::json},
};

// The most digits that numeric(p,s) of PostgreSQL may name.
constexpr int kPrecisionMax = 1'000;

// A number alone, blanks around it allowed.
std::optional<int> parse_digits(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  int number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.front() == '-' || status != std::errc() ||
      end != text.data() + text.size())
    return std::nullopt;
  return number;
}

}  // namespace

std::optional<ColumnType> parse_column_type(std::string_view text) {
  ColumnType type;
  if (text.ends_with("[]")) {
    type.is_array = true;
    text.remove_suffix(2);
  }
  for (const NamedType& named : kTypes) {
    if (named.text != text) continue;
    type.name = named.name;
    return type;
  }
  constexpr std::string_view kSized = "numeric(";
  if (!text.starts_with(kSized) || !text.ends_with(')')) return std::nullopt;
  const std::string_view inner = text.substr(kSized.size(), text.size() - kSized.size() - 1);
  const std::size_t comma = inner.find(',');
  const std::optional<int> precision = parse_digits(inner.substr(0, comma));
  const std::optional<int> scale =
      comma == std::string_view::npos ? 0 : parse_digits(inner.substr(comma + 1));
  if (!precision || !scale || *precision < 1 || *precision > kPrecisionMax || *scale > *precision)
    return std::nullopt;
  type.name = TypeName::numeric;
  type.precision = *precision;
  type.scale = *scale;
  return type;
}

std::string format_column_type(const ColumnType& type) {
  std::string text;
  for (const NamedType& named : kTypes) {
    if (named.name == type.name) text = named.text;
  }
  if (type.precision > 0)
    text += "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
  if (type.is_array) text += "[]";
  return text;
}

}  // namespace relay
