#include "crate_double/column_check.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "crate_double/document_check.h"
#include "decode/text_parse.h"

namespace relay {
namespace {

using Json = nlohmann::json;

// The text of {"$name": "..."}, when it is that.
std::optional<std::string> wrapped(const Json& value, std::string_view name) {
  if (!value.is_object() || value.size() != 1 || value.begin().key() != name) return std::nullopt;
  const Json& inner = value.begin().value();
  if (inner.is_object()) return wrapped(inner, "$numberLong");
  return inner.is_string() ? std::optional(inner.get<std::string>()) : std::nullopt;
}

// A decimal without exponent and without zeros that say nothing: "-12.5".
std::string level(const std::string& number) {
  const std::size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
  int exponent = exponent_at < number.size() ? std::atoi(number.c_str() + exponent_at + 1) : 0;
  std::string digits = number.substr(0, exponent_at);
  std::string sign;
  if (digits.starts_with('-')) {
    sign = "-";
    digits.erase(0, 1);
  }
  const std::size_t point = digits.find('.');
  if (point != std::string::npos) {
    exponent -= static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  return digits.empty() ? "0" : sign + digits + "E" + std::to_string(exponent);
}

// What the double is, with all its digits.
std::string expand(double value) {
  std::array<char, 1'500> text{};
  std::snprintf(text.data(), text.size(), "%.1074f", value);
  return level(text.data());
}

bool is_number(TypeName type, const Json& value, const std::string& cell) {
  const std::optional<std::string> real = wrapped(value, "$numberDouble");
  std::optional<std::string> exact = wrapped(value, "$numberInt");
  if (!exact) exact = wrapped(value, "$numberLong");
  if (!exact) exact = wrapped(value, "$numberDecimal");
  if (!real && !exact) return false;
  const std::string& text = real ? *real : *exact;
  const bool is_finite = text.find_first_of("IN") == std::string::npos;
  if (type == TypeName::double_precision) {
    const double held = std::strtod(cell.c_str(), nullptr);
    const double wanted = std::strtod(text.c_str(), nullptr);
    if (std::isnan(wanted)) return std::isnan(held);
    if (held != wanted || std::signbit(held) != std::signbit(wanted)) return false;
    return real || !is_finite || expand(held) == level(text);
  }
  const bool is_minus_zero = level(text) == "0" && text.starts_with('-');
  return is_finite && !is_minus_zero && level(cell) == level(text);
}

bool is_text(const Json& value, const std::string& cell) {
  if (value.is_string()) return value == cell;
  if (const auto hex = wrapped(value, "$oid")) return *hex == cell;
  return value.is_object() && value.contains("$binary") && cell.size() == 36;
}

bool holds(TypeName type, const Json& value, const std::string& cell) {
  switch (type) {
    case TypeName::text:
    case TypeName::uuid:
      return is_text(value, cell);
    case TypeName::boolean:
      return value.is_boolean() && cell == (value.get<bool>() ? "t" : "f");
    case TypeName::integer:
    case TypeName::bigint:
    case TypeName::double_precision:
    case TypeName::numeric:
      return is_number(type, value, cell);
    case TypeName::timestamp: {
      const auto ms = wrapped(value, "$date");
      const auto held = parse_timestamp(cell);
      return ms && held && std::to_string(*held) == *ms;
    }
    case TypeName::json:
      return find_change(value, Json::parse(cell), Json(nullptr)).empty();
    case TypeName::bytea:
      break;
  }
  return false;
}

}  // namespace

std::string take_column(const ColumnMapping& column,
                        const std::optional<std::string>& cell,
                        const Json& document,
                        Json& rest) {
  if (!cell) return "";
  const Json* value = &document;
  Json* parent = &rest;
  for (const std::string& name : column.path) {
    if (!value->is_object() || !value->contains(name)) return "comes from nowhere";
    value = &(*value)[name];
    const bool is_there = parent != nullptr && parent->is_object() && parent->contains(name);
    if (is_there && &name == &column.path.back()) parent->erase(name);
    parent = is_there && &name != &column.path.back() ? &(*parent)[name] : nullptr;
  }
  const Json& held = column.type.is_array ? (*value)[0] : *value;
  return holds(column.type.name, held, *cell) ? "" : held.dump() + " became " + *cell;
}

}  // namespace relay
