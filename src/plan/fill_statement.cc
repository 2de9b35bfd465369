#include "plan/fill_statement.h"

#include "plan/sql_name.h"

namespace relay {
namespace {

// How the value at a place in JSON becomes one of the column.
struct Move {
  std::string value;
  std::string condition;
};

std::string json_type_is(const std::string& field, const char* type) {
  return "jsonb_typeof(" + field + ") = '" + type + "'";
}

constexpr char kBigintRange[] =
    " BETWEEN '-9223372036854775808'::jsonb AND '9223372036854775807'::jsonb";

Move from_plain(const std::string& field, const std::string& text, TypeName type) {
  switch (type) {
    case TypeName::text:
      return {text, json_type_is(field, "string")};
    case TypeName::boolean:
      return {"(" + text + ")::boolean", json_type_is(field, "boolean")};
    case TypeName::bigint:
      return {"(" + text + ")::bigint", field + kBigintRange + " AND " + text + " ~ '^-?[0-9]+$'"};
    case TypeName::double_precision:
      return {"(" + text + ")::double precision",
              "CASE WHEN " + json_type_is(field, "number") + " THEN to_jsonb((" + field +
                  ")::double precision) = " + field + " END"};
    case TypeName::timestamp:
      return {"(" + text + ")::timestamp with time zone",
              text + " ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$'"};
    case TypeName::json:
      return {field, "NOT " + json_type_is(field, "null")};
    case TypeName::integer:
    case TypeName::numeric:
    case TypeName::uuid:
    case TypeName::bytea:
      break;
  }
  return {};
}

Move from_extended(const std::string& field, const std::string& text, TypeName type) {
  const auto inside = [&](const char* name) { return "(" + field + "->>'" + name + "')"; };
  switch (type) {
    case TypeName::bigint: {
      const std::string digits =
          "coalesce(" + inside("$numberInt") + ", " + inside("$numberLong") + ")";
      return {digits + "::bigint", digits + " IS NOT NULL"};
    }
    case TypeName::double_precision:
      return {inside("$numberDouble") + "::double precision",
              inside("$numberDouble") + " IS NOT NULL"};
    case TypeName::timestamp: {
      const std::string digits = "(" + field + " #>> '{$date,$numberLong}')";
      return {"timestamp with time zone 'epoch' + " + digits +
                  "::double precision * interval '1 millisecond'",
              digits + " IS NOT NULL"};
    }
    case TypeName::text:
    case TypeName::boolean:
    case TypeName::json:
    case TypeName::integer:
    case TypeName::numeric:
    case TypeName::uuid:
    case TypeName::bytea:
      break;
  }
  return from_plain(field, text, type);
}

}  // namespace

std::string fill_statement(const TableMapping& mapping, const ColumnMapping& column) {
  if (mapping.rest.empty() || column.type.is_array) return "";
  const Result<std::string> table = quote_table(mapping.to);
  const Result<std::string> name = quote_identifier(column.name);
  const Result<std::string> rest = quote_identifier(mapping.rest);
  if (!table.ok() || !name.ok() || !rest.ok()) return "";
  const std::string key = quote_literal(column.path.front());
  const std::string field = "(" + rest.value() + "->" + key + ")";
  const std::string text = "(" + rest.value() + "->>" + key + ")";
  const Move move = mapping.json == JsonForm::plain ? from_plain(field, text, column.type.name)
                                                    : from_extended(field, text, column.type.name);
  if (move.value.empty()) return "";
  return "UPDATE " + table.value() + " SET " + name.value() + " = " + move.value + ", " +
         rest.value() + " = " + rest.value() + " - " + key + " WHERE " + name.value() +
         " IS NULL AND " + move.condition;
}

}  // namespace relay
