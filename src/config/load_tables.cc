#include "config/load_tables.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "config/column_type.h"
#include "config/fields.h"
#include "config/unknown_key.h"
#include "config/value_text.h"

namespace relay {
namespace {

template <class Owner>
const Field<Owner>* find_field(std::span<const Field<Owner>> fields, std::string_view key) {
  const auto found =
      std::ranges::find(fields, key, [](const auto& field) { return field.info.key; });
  return found == fields.end() ? nullptr : &*found;
}

const TomlMember* find_member(const TomlNode::Table& table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &TomlMember::key);
  return found == table.end() ? nullptr : &*found;
}

// Reads every key of `table` that has a slot; unknown keys are problems. Keys with a shape of their
// own are left to the caller.
template <class Owner>
void read_members(const TomlNode::Table& table,
                  std::span<const Field<Owner>> fields,
                  const std::string& prefix,
                  Owner& owner,
                  const FileReading& reading) {
  for (const TomlMember& member : table) {
    const Field<Owner>* field = find_field(fields, member.key);
    if (field == nullptr) {
      std::vector<std::string_view> known;
      for (const Field<Owner>& each : fields)
        known.push_back(each.info.key);
      reading.add(member.place,
                  prefix + show_key(member.key) + ": " + explain_unknown_key(member.key, known));
      continue;
    }
    if (field->slot == nullptr) continue;
    const Problem problem =
        read_node(field->info, field->slot(owner), member.node, reading.environment);
    if (problem) reading.add(member.node.place, prefix + member.key + ": " + *problem);
  }
}

void need_keys(const TomlNode& node,
               std::initializer_list<std::string_view> keys,
               const std::string& prefix,
               const FileReading& reading) {
  for (const std::string_view key : keys) {
    if (find_member(std::get<TomlNode::Table>(node.value), key) != nullptr) continue;
    reading.add(node.place, prefix + std::string(key) + ": is missing");
  }
}

struct Scalar {
  std::optional<ScalarValue> value;
  Problem problem;
};

Scalar read_scalar(const TomlNode& node, const Environment& environment) {
  if (const auto* value = std::get_if<bool>(&node.value)) return {*value, {}};
  if (const auto* value = std::get_if<std::int64_t>(&node.value)) return {*value, {}};
  if (const auto* value = std::get_if<double>(&node.value)) return {*value, {}};
  if (const auto* value =
          std::get_if<std::chrono::sys_time<std::chrono::milliseconds>>(&node.value)) {
    return {*value, {}};
  }
  if (const auto* text = std::get_if<std::string>(&node.value)) {
    Expanded expanded = expand(*text, environment);
    if (expanded.problem) return {{}, expanded.problem};
    return {std::move(expanded.text), {}};
  }
  return {{},
          "expected a string, number, boolean or time, found " + std::string(describe_node(node))};
}

// The entries of a list under `key`; nullptr and a problem when it is none.
const TomlNode::List* find_list(const TomlNode::Table& table,
                                std::string_view key,
                                std::string_view what,
                                const FileReading& reading) {
  const TomlMember* member = find_member(table, key);
  if (member == nullptr) return nullptr;
  const auto* list = std::get_if<TomlNode::List>(&member->node.value);
  if (list == nullptr) {
    reading.add(member->node.place,
                "table." + std::string(key) + ": expected a list of " + std::string(what) +
                    ", found " + std::string(describe_node(member->node)));
  }
  return list;
}

const TomlNode::Table* to_table(const TomlNode& node,
                                const std::string& key,
                                const FileReading& reading) {
  const auto* table = std::get_if<TomlNode::Table>(&node.value);
  if (table == nullptr) {
    reading.add(node.place, key + ": expected a table, found " + std::string(describe_node(node)));
  }
  return table;
}

std::vector<ColumnSettings> read_columns(const TomlNode::Table& table, const FileReading& reading) {
  std::vector<ColumnSettings> columns;
  const TomlNode::List* list = find_list(table, "columns", "tables", reading);
  if (list == nullptr) return columns;
  const std::string prefix = "table.columns.";
  for (const TomlNode& node : *list) {
    const TomlNode::Table* members = to_table(node, "table.columns", reading);
    if (members == nullptr) continue;
    ColumnSettings column;
    read_members(*members, column_fields(), prefix, column, reading);
    need_keys(node, {"name", "path", "type"}, prefix, reading);
    const TomlMember* type = find_member(*members, "type");
    if (type != nullptr && !column.type.empty() && !is_column_type(column.type)) {
      reading.add(type->node.place, prefix + "type: " + explain_column_type(column.type));
    }
    if (std::ranges::find(columns, column.name, &ColumnSettings::name) != columns.end()) {
      reading.add(node.place,
                  prefix + "name: two columns are called " + quote_briefly(column.name));
    }
    if (const TomlMember* value = find_member(*members, "default")) {
      Scalar scalar = read_scalar(value->node, reading.environment);
      if (scalar.problem) reading.add(value->node.place, prefix + "default: " + *scalar.problem);
      column.default_value = std::move(scalar.value);
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<std::string> read_exclude(const TomlNode::Table& table, const FileReading& reading) {
  std::vector<std::string> paths;
  const TomlNode::List* list = find_list(table, "exclude", "strings", reading);
  if (list == nullptr) return paths;
  for (const TomlNode& node : *list) {
    std::string path;
    const FieldInfo info{.section = "", .key = "exclude", .type = FieldType::text, .min = 1};
    const Problem problem = read_node(info, to_slot(path), node, reading.environment);
    if (problem) reading.add(node.place, "table.exclude: " + *problem);
    paths.push_back(std::move(path));
  }
  return paths;
}

bool is_ordering(FilterOperator op) {
  return op == FilterOperator::less || op == FilterOperator::at_most ||
         op == FilterOperator::greater || op == FilterOperator::at_least;
}

void read_filter_value(const TomlNode& node, FilterSettings& filter, const FileReading& reading) {
  const std::string key = "table.where.value: ";
  const auto* list = std::get_if<TomlNode::List>(&node.value);
  if (filter.op == FilterOperator::in && (list == nullptr || list->empty())) {
    reading.add(node.place, key + "in needs a list with at least one value");
    return;
  }
  if (filter.op == FilterOperator::exists && !std::holds_alternative<bool>(node.value)) {
    reading.add(node.place, key + "exists needs true or false");
    return;
  }
  if (is_ordering(filter.op) && std::holds_alternative<bool>(node.value)) {
    reading.add(node.place, key + "a boolean has no order");
    return;
  }
  const auto read_one = [&](const TomlNode& entry) {
    Scalar scalar = read_scalar(entry, reading.environment);
    if (scalar.problem) reading.add(entry.place, key + *scalar.problem);
    if (scalar.value) filter.values.push_back(std::move(*scalar.value));
  };
  if (filter.op != FilterOperator::in) {
    read_one(node);
    return;
  }
  for (const TomlNode& entry : *list)
    read_one(entry);
}

std::vector<FilterSettings> read_where(const TomlNode::Table& table, const FileReading& reading) {
  std::vector<FilterSettings> filters;
  const TomlNode::List* list = find_list(table, "where", "tables", reading);
  if (list == nullptr) return filters;
  for (const TomlNode& node : *list) {
    const TomlNode::Table* members = to_table(node, "table.where", reading);
    if (members == nullptr) continue;
    FilterSettings filter;
    read_members(*members, filter_fields(), "table.where.", filter, reading);
    need_keys(node, {"path", "op", "value"}, "table.where.", reading);
    const TomlMember* value = find_member(*members, "value");
    if (value != nullptr) read_filter_value(value->node, filter, reading);
    filters.push_back(std::move(filter));
  }
  return filters;
}

// Two names with a dot between them. Only the first dot counts: collections may have more.
bool is_dotted_pair(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size();
}

Problem check_from(const std::string& from) {
  if (is_dotted_pair(from)) return std::nullopt;
  return quote_briefly(from) +
         " is not of the form database.collection (all of a database: shop.*)";
}

Problem check_to(const std::string& to) {
  if (to.empty() || is_dotted_pair(to)) return std::nullopt;
  return quote_briefly(to) + " is not of the form schema.table";
}

void read_table(const TomlNode& node, const FileReading& reading, TableSettings& table) {
  const TomlNode::Table* members = to_table(node, "table", reading);
  if (members == nullptr) return;
  read_members(*members, table_fields(), "table.", table, reading);
  need_keys(node, {"from"}, "table.", reading);
  table.columns = read_columns(*members, reading);
  table.exclude = read_exclude(*members, reading);
  table.where = read_where(*members, reading);
  const TomlMember* from = find_member(*members, "from");
  if (from != nullptr && !table.from.empty()) {
    if (const Problem problem = check_from(table.from)) {
      reading.add(from->node.place, "table.from: " + *problem);
    }
  }
  if (const TomlMember* to = find_member(*members, "to")) {
    if (const Problem problem = check_to(table.to)) {
      reading.add(to->node.place, "table.to: " + *problem);
    }
  }
  // As people mean it who move the file together with its mapping files.
  if (!table.schema_file.empty()) {
    const std::filesystem::path folder = std::filesystem::path(reading.name).parent_path();
    table.schema_file = (folder / table.schema_file).string();
  }
  const TomlMember* schema_file = find_member(*members, "schema_file");
  if (schema_file != nullptr && !table.schema_file.empty() && !table.columns.empty()) {
    reading.add(schema_file->place,
                "table.schema_file: stands instead of columns, not beside them");
  }
}

}  // namespace

std::vector<TableSettings> read_tables(const TomlNode& node, const FileReading& reading) {
  std::vector<TableSettings> tables;
  const auto* list = std::get_if<TomlNode::List>(&node.value);
  if (list == nullptr) {
    reading.add(node.place, "table: write [[table]], with two brackets");
    return tables;
  }
  for (const TomlNode& entry : *list)
    read_table(entry, reading, tables.emplace_back());
  return tables;
}

Problem read_table_flag(const std::string& text, TableSettings& table) {
  const std::size_t equals = text.find('=');
  table.from = text.substr(0, equals);
  if (equals != std::string::npos) {
    table.to = text.substr(equals + 1);
    if (table.to.empty()) return quote_briefly(text) + " names no table after the =";
  }
  if (Problem problem = check_from(table.from)) return problem;
  return check_to(table.to);
}

}  // namespace relay
