#include "survey/schema_choice.h"

#include <algorithm>

#include "mapping/column_name.h"
#include "mapping/field_path.h"
#include "mapping/table_name.h"
#include "survey/findings.h"

namespace relay {
namespace {

constexpr char kRest[] = "data";

std::string join_names(const FieldPath& path) {
  std::string name;
  for (const std::string& part : path)
    name += (name.empty() ? "" : "_") + part;
  return name;
}

bool is_key(const FieldPath& path) {
  return path.size() == 1 && path.front() == "_id";
}

// "id" unless a field would want that name.
std::string name_key(const std::vector<FieldFacts>& fields, TargetKind target) {
  const bool is_taken = std::ranges::any_of(
      fields, [](const FieldFacts& field) { return join_names(field.path) == "id"; });
  if (!is_taken) return "id";
  return name_new_column({}, {}, "_id", target) == "_id" ? "_id" : "oid";
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

}  // namespace

std::string format_schema_file(const PlannedTable& table, const SchemaChoice& choice) {
  std::string text = "# Columns for " + show_name(format_namespace(view_of(table.from))) + ", by " +
                     std::to_string(table.sample.documents) + " of about " +
                     std::to_string(table.documents) + " documents (relay plan --write-schema).\n";
  for (const FieldFacts& field : table.sample.fields) {
    if (!field.is_conflict || !field.type) continue;
    text += "# " + show_name(format_path(field.path)) + ": " + format_column_type(*field.type) +
            ", because of " + format_kinds(field.kinds);
    if (!field.elements.empty()) text += " with " + format_kinds(field.elements);
    text += "\n";
  }
  for (const FieldPath& path : choice.left_out)
    text += "# " + show_name(format_path(path)) + ": no column\n";
  return text + format_mapping_file(choice.file);
}

std::string name_schema_file(const TableName& table, bool is_ambiguous) {
  const std::string whole = is_ambiguous ? format_table(table) : table.table;
  std::string name = whole;
  std::ranges::replace_if(name, [](char c) { return !is_plain(c); }, '_');
  if (name.starts_with('.')) name.front() = '_';
  if (name != whole) {
    const std::string hashed = add_name_hash(whole);
    name += hashed.substr(hashed.rfind('_'));
  }
  return name + ".toml";
}

SchemaChoice choose_schema(const std::vector<FieldFacts>& fields, TargetKind target) {
  SchemaChoice choice;
  choice.file.rest = kRest;
  TableMapping mapping;
  mapping.rest = kRest;
  for (const FieldFacts& field : fields) {
    if (field.is_opened) continue;
    if (!field.type) {
      choice.left_out.push_back(field.path);
      continue;
    }
    ColumnMapping column{.path = field.path, .type = *field.type, .is_key = is_key(field.path)};
    const std::string wanted = column.is_key ? name_key(fields, target) : join_names(field.path);
    column.name = name_new_column(mapping, {}, wanted, target);
    if (column.name.empty() || mapping.columns.size() >= kEvolvedColumnsMax) {
      choice.left_out.push_back(field.path);
      continue;
    }
    if (column.name != wanted) choice.shortened.push_back({field.path, column.name});
    mapping.columns.push_back(std::move(column));
  }
  choice.file.columns = std::move(mapping.columns);
  return choice;
}

}  // namespace relay
