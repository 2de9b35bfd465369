#include "mapping/check_rule.h"

#include <algorithm>
#include <array>
#include <set>

#include "mapping/column_name.h"
#include "mapping/default_value.h"
#include "mapping/field_path.h"
#include "mapping/table_name.h"

namespace relay {
namespace {

constexpr std::string_view kId = "_id";
constexpr std::string_view kKeyColumn = "oid";  // Of a table without columns.

bool is_path(const FieldPath& path) {
  return !path.empty() && std::ranges::all_of(path, [](const std::string& name) {
    return !name.empty() && name.find('\0') == std::string::npos;
  });
}

std::string explain_name(const std::string& name) {
  const Result<std::string> fitted = fit_name(name);
  if (!fitted.ok()) return fitted.error().message;
  if (fitted.value() != name)
    return "longer than the " + std::to_string(kNameBytesMax) + " bytes of a name";
  if (is_system_column(name)) return "the name of a column that PostgreSQL gives every table";
  return "";
}

std::string explain_key(const ColumnMapping& column) {
  if (column.path != FieldPath{std::string(kId)}) return "the key column has the path _id";
  if (column.type.is_array || column.type.name == TypeName::json)
    return "a key column is no list and no json";
  if (column.default_value) return "a key column has no default";
  return "";
}

std::string explain_column(const TableRule& rule, const ColumnMapping& column) {
  if (std::string why = explain_name(column.name); !why.empty()) return why;
  if (!is_path(column.path)) return "its path has an empty name";
  if (column.is_key) {
    if (std::string why = explain_key(column); !why.empty()) return why;
  }
  if (column.default_value && !fits_default(*column.default_value, column.type))
    return "the default does not fit " + format_column_type(column.type);
  for (const FieldPath& excluded : rule.exclude) {
    if (is_within(column.path, excluded))
      return "its path is excluded by " + show_name(format_path(excluded));
  }
  return "";
}

// Names that a table has twice; `names` gets all of them.
std::string explain_twice(const TableRule& rule) {
  std::set<std::string> names;
  if (!rule.rest.empty()) names.insert(rule.rest);
  const auto add = [&names](const std::string& name) {
    return names.insert(name).second ? "" : "two columns are called " + show_name(name);
  };
  std::string why;
  if (rule.on_delete == OnDelete::mark) why = add(std::string(kDeletedAt));
  if (rule.columns.empty() && why.empty()) why = add(std::string(kKeyColumn));
  for (const ColumnMapping& column : rule.columns) {
    if (why.empty()) why = add(column.name);
  }
  return why;
}

std::string explain_mirror(const TableRule& rule) {
  if (!rule.rest.empty()) {
    const std::string why = explain_name(rule.rest);
    if (!why.empty()) return "rest " + show_name(rule.rest) + ": " + why;
  }
  const bool has_columns = !rule.columns.empty() || rule.evolve == Evolve::add;
  if (rule.rest.empty() && !has_columns)
    return "without columns and without rest nothing of a document is left";
  for (const ColumnMapping& column : rule.columns) {
    const std::string why = explain_column(rule, column);
    if (!why.empty()) return "column " + show_name(column.name) + ": " + why;
  }
  const auto keys = std::ranges::count_if(rule.columns, &ColumnMapping::is_key);
  if (!rule.columns.empty() && keys != 1)
    return "columns need exactly one with key = true, found " + std::to_string(keys);
  return explain_twice(rule);
}

std::string explain_append(const TableRule& rule) {
  constexpr std::string_view kWhy = " has no place in a table of events";
  if (!rule.columns.empty()) return "columns" + std::string(kWhy);
  if (rule.rest != TableRule().rest) return "rest" + std::string(kWhy);
  if (rule.evolve == Evolve::add) return "evolve = \"add\"" + std::string(kWhy);
  if (rule.on_delete == OnDelete::mark) return "on_delete = \"mark\"" + std::string(kWhy);
  return "";
}

std::string explain_condition(const FilterCondition& condition) {
  if (!is_path(condition.path)) return "a path has an empty name";
  const std::string what = show_name(format_path(condition.path)) + ": ";
  const bool is_list = condition.comparison == Comparison::in;
  if (condition.values.empty() || (!is_list && condition.values.size() > 1))
    return what + (is_list ? "in needs a value" : "one value is needed");
  const bool is_boolean = std::holds_alternative<bool>(condition.values.front());
  switch (condition.comparison) {
    case Comparison::exists:
      return is_boolean ? "" : what + "exists needs true or false";
    case Comparison::less:
    case Comparison::at_most:
    case Comparison::greater:
    case Comparison::at_least:
      return is_boolean ? what + "a boolean has no order" : "";
    case Comparison::equal:
    case Comparison::not_equal:
    case Comparison::in:
      break;
  }
  return "";
}

}  // namespace

std::string explain_rule(const TableRule& rule) {
  for (const FieldPath& path : rule.exclude) {
    if (!is_path(path)) return "exclude: a path has an empty name";
    if (path.front() == kId)
      return "exclude " + show_name(format_path(path)) + ": _id is the key of the rows";
  }
  for (const FilterCondition& condition : rule.where) {
    const std::string why = explain_condition(condition);
    if (!why.empty()) return "where " + why;
  }
  return rule.mode == MappingMode::mirror ? explain_mirror(rule) : explain_append(rule);
}

}  // namespace relay
