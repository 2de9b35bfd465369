#include "plan/crate_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "plan/sql_name.h"

namespace relay {
namespace {

// Of "schema.table".
constexpr std::size_t kTableNameBytesMax = 255;

Error refuse(const TableMapping& mapping, const std::string& what, const std::string& hint) {
  return {ErrorKind::config_invalid,
          "table " + format_table(mapping.to) + ": " + what + " is not in this version yet for " +
              "CrateDB",
          hint};
}

Status refuse_unbuilt(const TableMapping& mapping) {
  if (mapping.mode == MappingMode::append)
    return refuse(mapping, "mode = \"append\"", "mode = \"mirror\", or a PostgreSQL target");
  if (!mapping.columns.empty())
    return refuse(mapping,
                  "a table with columns",
                  "leave `columns` and `schema_file` out: `data` then holds the whole document; or "
                  "use a PostgreSQL target");
  if (mapping.json == JsonForm::extended)
    return refuse(mapping, "json = \"extended\"", "json = \"plain\", or a PostgreSQL target");
  if (mapping.on_delete == OnDelete::mark)
    return refuse(
        mapping, "on_delete = \"mark\"", "on_delete = \"delete\", or a PostgreSQL target");
  if (mapping.evolve != Evolve::off)
    return refuse(mapping, "evolve = \"add\"", "leave it out, or use a PostgreSQL target");
  return ok_status();
}

// CrateDB keeps tables in files of their names.
Status check_name(const TableMapping& mapping, std::string_view name) {
  constexpr std::string_view kRefused = "\\/*?\"<>|,#. \t\r\n";
  const bool is_refused = name.find_first_of(kRefused) != std::string_view::npos ||
                          name.starts_with('-') || name.starts_with('+');
  if (!is_refused) return ok_status();
  return Error{
      ErrorKind::config_invalid,
      "table " + format_table(mapping.to) + ": CrateDB takes no table or schema of this name",
      "choose another with `to = \"schema.table\"`: no blanks, none of \\ / * ? \" < > | , "
      "# . and no - or + in front"};
}

std::string crate_type(const ShapeColumn& column) {
  if (column.role == ColumnRole::overflow)
    // Neither index nor column store: only so a text may be longer than 32,766 bytes.
    return "TEXT INDEX OFF STORAGE WITH (columnstore = false)";
  return column.type.name == TypeName::json ? "OBJECT(DYNAMIC)" : "TEXT";
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::vector<ColumnDefinition> crate_column_definitions(const TableMapping& mapping) {
  std::vector<ColumnDefinition> definitions;
  for (const ShapeColumn& column : shape_on(TargetKind::cratedb, mapping)) {
    definitions.push_back({.name = column.name,
                           .type = column.type.name == TypeName::json ? "object" : "text",
                           .is_key = column.role == ColumnRole::key,
                           .is_nullable = column.role != ColumnRole::key});
  }
  return definitions;
}

Result<CrateStatements> make_crate_statements(const TableMapping& mapping) {
  if (Status built = refuse_unbuilt(mapping); !built.ok()) return built.error();
  for (const std::string& name : {mapping.to.schema, mapping.to.table}) {
    if (Status fits = check_name(mapping, name); !fits.ok()) return fits.error();
  }
  Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  if (format_table(mapping.to).size() > kTableNameBytesMax)
    return Error{ErrorKind::config_invalid,
                 "table " + format_table(mapping.to) + ": the name is too long for CrateDB",
                 "choose a shorter one with `to = \"schema.table\"`"};
  std::vector<std::string> names;
  std::vector<std::string> definitions;
  std::vector<std::string> arrays;
  std::vector<std::string> values;
  std::vector<std::string> settings;
  for (const ShapeColumn& column : shape_on(TargetKind::cratedb, mapping)) {
    const Result<std::string> name = quote_identifier(column.name);
    if (!name.ok()) return name.error();
    const bool is_key = column.role == ColumnRole::key;
    const std::string number = "$" + std::to_string(names.size() + 1);
    names.push_back(name.value());
    definitions.push_back(name.value() + " " + crate_type(column) + (is_key ? " PRIMARY KEY" : ""));
    arrays.push_back(number + "::text[]");
    values.push_back(number);
    if (!is_key) settings.push_back(name.value() + " = excluded." + name.value());
  }
  const std::string& key = names.front();
  const std::string insert = "INSERT INTO " + table.value() + " (" + join(names) + ") ";
  const std::string conflict = " ON CONFLICT (" + key + ") DO UPDATE SET " + join(settings);
  const std::string keys = "SELECT " + key + " FROM " + table.value();
  CrateStatements statements{
      .table = table.value(),
      .create_table =
          "CREATE TABLE IF NOT EXISTS " + table.value() + " (" + join(definitions) + ")",
      .upsert = insert + "(SELECT * FROM UNNEST(" + join(arrays) + "))" + conflict,
      .upsert_returning = {},
      .upsert_single = insert + "VALUES (" + join(values) + ")" + conflict,
      .removal = "DELETE FROM " + table.value() + " WHERE " + key + " = $1",
      .remove_all = "DELETE FROM " + table.value(),
      .refresh = "REFRESH TABLE " + table.value(),
      .first_keys = keys + " ORDER BY " + key + " LIMIT $1::bigint",
      .next_keys = keys + " WHERE " + key + " > $1 ORDER BY " + key + " LIMIT $2::bigint"};
  statements.upsert_returning = statements.upsert + " RETURNING " + key;
  return statements;
}

}  // namespace relay
