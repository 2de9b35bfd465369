#include "cli/table_rules.h"

#include <string>
#include <string_view>
#include <utility>

#include "mapping/field_path.h"
#include "mapping/mapping_file.h"

namespace relay {
namespace {

Error invalid(const TableSettings& table, const std::string& why, const std::string& hint) {
  return Error{ErrorKind::config_invalid, "table " + table.from + ": " + why, hint};
}

Result<FieldPath> to_path(const TableSettings& table, const std::string& text) {
  std::optional<FieldPath> path = parse_path(text);
  if (path) return *std::move(path);
  return invalid(table,
                 "path " + text + " has an empty name",
                 "write it like address.city: names with dots between them");
}

Comparison to_comparison(FilterOperator op) {
  switch (op) {
    case FilterOperator::equal:
      return Comparison::equal;
    case FilterOperator::not_equal:
      return Comparison::not_equal;
    case FilterOperator::less:
      return Comparison::less;
    case FilterOperator::at_most:
      return Comparison::at_most;
    case FilterOperator::greater:
      return Comparison::greater;
    case FilterOperator::at_least:
      return Comparison::at_least;
    case FilterOperator::in:
      return Comparison::in;
    case FilterOperator::exists:
      break;
  }
  return Comparison::exists;
}

OnDrop to_on_drop(DropPolicy policy) {
  switch (policy) {
    case DropPolicy::keep:
      return OnDrop::keep;
    case DropPolicy::truncate:
      return OnDrop::truncate;
    case DropPolicy::stop:
      break;
  }
  return OnDrop::stop;
}

Status add_columns(const TableSettings& table, TableRule& rule) {
  for (const ColumnSettings& column : table.columns) {
    Result<FieldPath> path = to_path(table, column.path);
    if (!path.ok()) return path.error();
    const std::optional<ColumnType> type = parse_column_type(column.type);
    if (!type)
      return invalid(table, "column " + column.name + ": " + column.type + " is no type", "");
    rule.columns.push_back({.name = column.name,
                            .path = std::move(path.value()),
                            .type = *type,
                            .is_key = column.is_key,
                            .default_value = column.default_value});
  }
  if (table.schema_file.empty()) return ok_status();
  Result<MappingFile> file = read_mapping_file(table.schema_file);
  if (!file.ok()) return file.error();
  rule.columns = std::move(file.value().columns);
  if (file.value().rest) rule.rest = *file.value().rest;
  return ok_status();
}

Status add_conditions(const TableSettings& table, TableRule& rule) {
  for (const std::string& text : table.exclude) {
    Result<FieldPath> path = to_path(table, text);
    if (!path.ok()) return path.error();
    rule.exclude.push_back(std::move(path.value()));
  }
  for (const FilterSettings& filter : table.where) {
    Result<FieldPath> path = to_path(table, filter.path);
    if (!path.ok()) return path.error();
    rule.where.push_back({.path = std::move(path.value()),
                          .comparison = to_comparison(filter.op),
                          .values = filter.values});
  }
  return ok_status();
}

Error unbuilt(const std::string& what, const std::string& hint) {
  return Error{ErrorKind::config_invalid, what + " is not in this version yet", hint};
}

}  // namespace

Result<std::vector<TableRule>> to_table_rules(const std::vector<TableSettings>& tables) {
  std::vector<TableRule> rules;
  for (const TableSettings& table : tables) {
    TableRule rule;
    rule.from = table.from;
    rule.to = table.to;
    rule.json = table.json == TableJson::extended ? JsonForm::extended : JsonForm::plain;
    rule.mode = table.mode == TableMode::append ? MappingMode::append : MappingMode::mirror;
    rule.rest = table.rest;
    rule.on_delete = table.on_delete == DeletePolicy::mark ? OnDelete::mark : OnDelete::remove;
    rule.on_drop = to_on_drop(table.on_drop);
    rule.evolve = table.evolve == TableEvolve::add ? Evolve::add : Evolve::off;
    if (Status added = add_columns(table, rule); !added.ok()) return added.error();
    if (Status added = add_conditions(table, rule); !added.ok()) return added.error();
    rules.push_back(std::move(rule));
  }
  return rules;
}

Status refuse_unbuilt(const Settings& settings) {
  // Under another name of it the sink finds out.
  const bool is_crate = settings.target.uri.reveal().starts_with("crate://");
  if (settings.ha.enabled && is_crate)
    return unbuilt("ha.enabled with CrateDB", "ha.enabled = false");
  return ok_status();
}

}  // namespace relay
