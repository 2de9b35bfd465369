#include "apply/cell_text.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "apply/numeric_text.h"
#include "core/check.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// PostgreSQL counts microseconds from 2000-01-01.
constexpr std::int64_t kEpochMs = 946'684'800'000;

std::uint64_t read_unsigned(std::string_view cell, std::size_t size) {
  CHECK(cell.size() == size, "a cell has the size of its type");
  std::uint64_t value = 0;
  for (const char c : cell)
    value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

std::string integer_text(const ColumnType& type, std::string_view cell) {
  if (type.name == TypeName::integer)
    return std::to_string(static_cast<std::int32_t>(read_unsigned(cell, 4)));
  return std::to_string(static_cast<std::int64_t>(read_unsigned(cell, 8)));
}

std::string wrap(std::string_view name, std::string_view text) {
  std::string wrapped = "{\"$";
  return wrapped.append(name).append("\":\"").append(text).append("\"}");
}

std::string double_text(double value) {
  if (std::isnan(value)) return wrap("numberDouble", "NaN");
  if (std::isinf(value)) return wrap("numberDouble", value < 0 ? "-Infinity" : "Infinity");
  std::array<char, 32> buffer{};
  // 2^63, exact: what is below it fits a 64-bit integer.
  constexpr double kInt64End = 9223372036854775808.0;
  const bool is_integer = value == std::floor(value) && value >= -kInt64End && value < kInt64End;
  char* const end =
      is_integer ? std::to_chars(buffer.begin(), buffer.end(), static_cast<std::int64_t>(value)).ptr
                 : std::to_chars(buffer.begin(), buffer.end(), value).ptr;
  return {buffer.begin(), end};
}

std::string date_text(std::string_view cell) {
  const auto micros = static_cast<std::int64_t>(read_unsigned(cell, 8));
  // Towards the past: -1 microsecond belongs to the millisecond before.
  const std::int64_t ms = micros / 1'000 - (micros % 1'000 < 0 ? 1 : 0);
  return "{\"$date\":" + wrap("numberLong", std::to_string(ms + kEpochMs)) + "}";
}

std::string uuid_text(std::string_view cell) {
  CHECK(cell.size() == 16, "a UUID has 16 bytes");
  std::string text;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kHexDigits[static_cast<unsigned char>(cell[i]) >> 4U]);
    text.push_back(kHexDigits[static_cast<unsigned char>(cell[i]) & 15U]);
  }
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j)
      group = group << 8U | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      const bool is_padding = i + j > bytes.size();
      text.push_back(is_padding ? '=' : kDigits[group >> (18U - 6U * j) & 63U]);
    }
  }
  return text;
}

std::string binary_text(std::string_view cell) {
  return R"({"$binary":{"base64":")" + base64(cell) + R"(","subType":"00"}})";
}

NumericText read_number(std::string_view cell, CellForm form) {
  if (form == CellForm::binary) return read_numeric(cell);
  std::string text(cell);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return {.is_finite = true, .text = std::move(text)};
}

std::vector<std::string> numeric_key_texts(std::string_view cell, CellForm form) {
  const NumericText number = read_number(cell, form);
  if (!number.is_finite) return {wrap("numberDouble", number.text)};
  std::int64_t integer = 0;
  const char* const end = number.text.data() + number.text.size();
  const auto [stop, status] = std::from_chars(number.text.data(), end, integer);
  if (status == std::errc() && stop == end) return {number.text};
  const std::string decimal = wrap("numberDecimal", scientific_text(number.text));
  double value = 0;
  if (std::from_chars(number.text.data(), end, value).ec != std::errc()) return {decimal};
  return {double_text(value), decimal};
}

std::string quote_json(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
      quoted.push_back(c);
    } else if (byte < 0x20) {
      quoted.append("\\u00").append(1, kHexDigits[byte >> 4U]).append(1, kHexDigits[byte & 15U]);
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

// A value of JSON; `cell` is not null.
std::string json_value(const ShapeColumn& column, std::string_view cell, CellForm form) {
  if (column.type.is_array) return quote_json(cell);
  switch (column.type.name) {
    case TypeName::text:
      return quote_json(cell);
    case TypeName::json:
      return std::string(cell);
    case TypeName::boolean:
    case TypeName::integer:
    case TypeName::bigint:
    case TypeName::double_precision:
    case TypeName::timestamp:
    case TypeName::uuid:
    case TypeName::bytea:
      return key_texts(column.type, cell, form).front();
    case TypeName::numeric:
      return wrap("numberDecimal", read_number(cell, form).text);
  }
  return "null";
}

}  // namespace

CellForm form_of(const ArrayCells& cells) {
  return cells.element_oid() == kTextOid ? CellForm::printed : CellForm::binary;
}

std::vector<std::string> key_texts(const ColumnType& type, std::string_view cell, CellForm form) {
  switch (type.name) {
    case TypeName::text:
    case TypeName::json:
      return {std::string(cell)};
    case TypeName::boolean:
      return {read_unsigned(cell, 1) != 0 ? "true" : "false"};
    case TypeName::integer:
    case TypeName::bigint:
      return {integer_text(type, cell)};
    case TypeName::double_precision:
      return {double_text(std::bit_cast<double>(read_unsigned(cell, 8)))};
    case TypeName::numeric:
      return numeric_key_texts(cell, form);
    case TypeName::timestamp:
      return {date_text(cell)};
    case TypeName::uuid:
      return {wrap("uuid", form == CellForm::binary ? uuid_text(cell) : std::string(cell))};
    case TypeName::bytea:
      return {binary_text(cell)};
  }
  return {std::string(cell)};
}

std::string row_as_json(const TableMapping& mapping,
                        const std::vector<ArrayCells>& columns,
                        std::size_t row) {
  std::vector<ShapeColumn> shape = shape_of(mapping);
  if (columns.size() > shape.size()) shape = shape_on(TargetKind::cratedb, mapping);
  CHECK(shape.size() == columns.size(), "a cell for every column");
  const bool has_overflow = shape.back().role == ColumnRole::overflow && columns.back()[row];
  const bool is_document =
      mapping.mode == MappingMode::mirror && mapping.columns.empty() && !has_overflow;
  std::string json = "{";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::optional<std::string_view> cell = columns[i][row];
    if (!cell) continue;
    if (is_document && shape[i].role == ColumnRole::rest) return std::string(*cell);
    if (json.size() > 1) json += ',';
    const bool is_json = shape[i].role == ColumnRole::overflow;
    json += quote_json(shape[i].name) + ":" +
            (is_json ? std::string(*cell) : json_value(shape[i], *cell, form_of(columns[i])));
  }
  return json + "}";
}

}  // namespace relay
