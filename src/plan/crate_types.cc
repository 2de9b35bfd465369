#include "plan/crate_types.h"

#include <algorithm>
#include <string_view>

#include "mapping/column_name.h"
#include "plan/sql_name.h"

namespace relay {
namespace {

constexpr int kPrecisionMax = 38;

// Of a single value; json apart, as the settings write it.
std::string single_name(const ColumnType& type) {
  if (type.name == TypeName::json) return "object";
  return format_column_type({.name = type.name});
}

Error refuse(const TableMapping& mapping,
             const ShapeColumn& column,
             const std::string& what,
             const std::string& hint) {
  return {ErrorKind::config_invalid,
          "table " + format_table(mapping.to) + ": column " + column.name + ": " + what,
          hint};
}

Status check_type(const TableMapping& mapping, const ShapeColumn& column) {
  if (has_crate_type(column.type)) return ok_status();
  if (column.type.name == TypeName::bytea)
    return refuse(mapping,
                  column,
                  "CrateDB has no type bytea",
                  "leave the column out: what it would hold then stays in `rest`");
  if (column.type.precision == 0)
    return refuse(mapping,
                  column,
                  "CrateDB has no numeric without bounds",
                  "type = \"numeric(38,10)\", say, or \"double precision\"");
  return refuse(
      mapping,
      column,
      "CrateDB has no " + format_column_type(column.type) + ": at most 38 digits",
      "type = \"numeric(38," + std::to_string(std::min(column.type.scale, kPrecisionMax)) + ")\"");
}

}  // namespace

std::string crate_type_name(const ColumnType& type) {
  if (type.name == TypeName::json) return "object(dynamic)";
  ColumnType single = type;
  single.is_array = false;
  return format_column_type(single);
}

std::string crate_type(const ShapeColumn& column) {
  if (column.role == ColumnRole::overflow)
    // Neither index nor column store: only so a text may be longer than 32,766 bytes.
    return "TEXT INDEX OFF STORAGE WITH (columnstore = false)";
  std::string type = crate_type_name(column.type);
  std::ranges::transform(type, type.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return column.type.is_array ? "ARRAY(" + type + ")" : type;
}

std::string crate_definition(const ShapeColumn& column) {
  const Result<std::string> name = quote_identifier(column.name);
  return (name.ok() ? name.value() : column.name) + " " + crate_type(column);
}

std::string crate_catalogue_type(const ColumnType& type) {
  return single_name(type) + (type.is_array ? "_array" : "");
}

std::optional<ColumnType> parse_catalogue_type(std::string_view text) {
  for (const TypeName name : {TypeName::text,
                              TypeName::boolean,
                              TypeName::integer,
                              TypeName::bigint,
                              TypeName::double_precision,
                              TypeName::timestamp,
                              TypeName::uuid,
                              TypeName::json}) {
    const ColumnType type{.name = name};
    if (crate_catalogue_type(type) == text) return type;
  }
  return std::nullopt;
}

std::string crate_cast(const ColumnType& type) {
  if (type.is_array && type.name == TypeName::json) return "::array(object)";
  // A text becomes most lists only by way of a list of texts.
  if (type.is_array && type.name != TypeName::text)
    return "::text[]::" + crate_type_name(type) + "[]";
  if (type.is_array) return "::text[]";
  return type.name == TypeName::uuid ? "::uuid" : "";
}

bool has_crate_type(const ColumnType& type) {
  if (type.name == TypeName::bytea) return false;
  return type.name != TypeName::numeric || (type.precision > 0 && type.precision <= kPrecisionMax);
}

Status check_crate_column(const TableMapping& mapping, const ShapeColumn& column) {
  const bool is_refused =
      column.name.find_first_of(".[") != std::string::npos || is_crate_system_column(column.name);
  if (is_refused)
    return refuse(mapping,
                  column,
                  "CrateDB takes no column of this name",
                  "choose another: without . and [, and none of _id, _version and so on");
  if (column.mapped >= 0 && column.name == kOverflow && !mapping.rest.empty())
    return refuse(mapping,
                  column,
                  "on CrateDB relay needs a column of this name for itself",
                  "choose another name, or rest = \"\"");
  return check_type(mapping, column);
}

}  // namespace relay
