#include "plan/sql_text.h"

#include <span>
#include <utility>

#include "plan/sql_name.h"

namespace relay {
namespace {

constexpr char kDeletedAt[] = "\"deleted_at\"";

// As PostgreSQL's format_type() writes it.
std::string sql_type(const ColumnType& type) {
  if (type.name != TypeName::json) return format_column_type(type);
  return type.is_array ? "jsonb[]" : "jsonb";
}

// The type of an element of the array that the column's cells travel in.
std::string element_type(const ColumnType& type) {
  if (element_oid(type) == kTextOid) return "text";
  // Without precision and scale: the values fit them already.
  return sql_type({.name = type.name});
}

struct Column {
  std::string name;  // Quoted.
  ColumnType type;
  ColumnRole role = ColumnRole::value;
  bool is_nullable = true;
};

std::string join(std::span<const Column> columns, auto&& text_of) {
  std::string text;
  for (const Column& column : columns) {
    if (!text.empty()) text += ", ";
    text += text_of(column);
  }
  return text;
}

std::string define(const Column& column) {
  return column.name + " " + sql_type(column.type) + (column.is_nullable ? "" : " NOT NULL");
}

// The SQL of one table, from its quoted parts. The key is columns.front().
class TableText {
 public:
  TableText(const TableMapping& mapping, std::string name, std::vector<Column> columns)
      : mapping_(mapping), name_(std::move(name)), columns_(std::move(columns)) {}

  [[nodiscard]] std::string create_table() const {
    std::string text = "CREATE TABLE IF NOT EXISTS " + name_ + " (" + key().name + " " +
                       sql_type(key().type) + " PRIMARY KEY";
    for (const Column& column : rest())
      text += ", " + define(column);
    return text + ")";
  }

  [[nodiscard]] std::string add_columns() const {
    std::string text;
    for (const Column& column : rest()) {
      if (column.role != ColumnRole::value) continue;
      text += text.empty() ? "ALTER TABLE " + name_ : ",";
      text += " ADD COLUMN IF NOT EXISTS " + define(column);
    }
    return text;
  }

  [[nodiscard]] std::string upsert() const {
    return "INSERT INTO " + name_ + " (" + names() + ") SELECT " + cells() + " ON CONFLICT (" +
           key().name + ") DO " + on_conflict();
  }

  [[nodiscard]] std::string copy() const {
    for (const Column& column : columns_) {
      if (column.type.is_array) return "";
    }
    return "COPY " + name_ + " (" + names() + ") FROM STDIN (FORMAT binary)";
  }

  [[nodiscard]] std::string removal() const {
    if (!marks_removals(mapping_)) return "DELETE FROM " + name_ + " WHERE " + has_key();
    return "UPDATE " + name_ + " AS old SET " + kDeletedAt + " = gone.at FROM unnest(" + keys() +
           ", $2::timestamp with time zone[]) AS gone (key, at) WHERE old." + key().name +
           " = gone.key AND old." + kDeletedAt + " IS NULL";
  }

  [[nodiscard]] std::string has_key() const { return key().name + " = ANY(" + keys() + ")"; }

  [[nodiscard]] std::string remove_all() const {
    if (!marks_removals(mapping_)) return "DELETE FROM " + name_;
    return "UPDATE " + name_ + " SET " + kDeletedAt + " = to_timestamp($1::bigint) WHERE " +
           kDeletedAt + " IS NULL";
  }

  [[nodiscard]] std::string first_keys() const {
    return read_keys(marks_removals(mapping_) ? " WHERE " + live(kDeletedAt) + " IS NULL" : "",
                     "$1");
  }

  [[nodiscard]] std::string next_keys() const {
    std::string condition = " WHERE " + live(key().name) + " > $1::text::" + sql_type(key().type);
    if (marks_removals(mapping_)) condition += " AND " + live(kDeletedAt) + " IS NULL";
    return read_keys(condition, "$2");
  }

 private:
  [[nodiscard]] const Column& key() const { return columns_.front(); }
  [[nodiscard]] std::span<const Column> rest() const {
    return std::span<const Column>(columns_).subspan(1);
  }
  [[nodiscard]] std::string names() const {
    return join(columns_, [](const Column& column) { return column.name; });
  }

  // unnest($1::text[]), unnest($2::text[])::jsonb, ...
  [[nodiscard]] std::string cells() const {
    std::size_t number = 0;
    return join(columns_, [&number](const Column& column) {
      const std::string type = element_type(column.type);
      std::string cell = "unnest($" + std::to_string(++number) + "::" + type + "[])";
      const bool is_text = column.type == ColumnType{};
      if (type == "text" && !is_text) cell += "::" + sql_type(column.type);
      return cell;
    });
  }

  [[nodiscard]] std::string on_conflict() const {
    if (rest().empty()) return "NOTHING";
    std::string text = "UPDATE SET " + join(rest(), [](const Column& column) {
                         return column.name + " = EXCLUDED." + column.name;
                       });
    // An event that comes again changes nothing, even if its document was looked up and is newer by
    // now. A snapshot that is taken again brings newer documents under the positions of the last.
    if (mapping_.mode == MappingMode::append) text += " WHERE EXCLUDED.\"operation\" = 'snapshot'";
    return text;
  }

  // The array $1 of keys. They may travel as text, of a key that is not text.
  [[nodiscard]] std::string keys() const {
    const std::string keys = "$1::" + element_type(key().type) + "[]";
    const bool is_cast = element_oid(key().type) == kTextOid && key().type != ColumnType{};
    return is_cast ? keys + "::" + sql_type(key().type) + "[]" : keys;
  }

  static std::string live(const std::string& column) { return "live." + column; }

  // A bare name after ORDER BY would be that of the output column, which is text.
  [[nodiscard]] std::string read_keys(const std::string& condition,
                                      const std::string& limit) const {
    const std::string key_column = live(key().name);
    return "SELECT " + key_column + "::text FROM " + name_ + " AS live" + condition + " ORDER BY " +
           key_column + " LIMIT " + limit + "::bigint";
  }

  const TableMapping& mapping_;
  std::string name_;
  std::vector<Column> columns_;
};

}  // namespace

bool marks_removals(const TableMapping& mapping) {
  return mapping.mode == MappingMode::mirror && mapping.on_delete == OnDelete::mark;
}

std::vector<ColumnDefinition> column_definitions(const TableMapping& mapping) {
  std::vector<ColumnDefinition> definitions;
  for (const ShapeColumn& column : shape_of(mapping)) {
    definitions.push_back({.name = column.name,
                           .type = sql_type(column.type),
                           .is_key = column.role == ColumnRole::key,
                           .is_nullable = column.is_nullable});
  }
  return definitions;
}

std::vector<std::uint32_t> upsert_element_oids(const TableMapping& mapping) {
  std::vector<std::uint32_t> oids;
  for (const ShapeColumn& column : shape_of(mapping))
    oids.push_back(element_oid(column.type));
  return oids;
}

std::vector<std::uint32_t> removal_element_oids(const TableMapping& mapping) {
  std::vector<std::uint32_t> oids = {element_oid(shape_of(mapping).front().type)};
  if (marks_removals(mapping)) oids.push_back(element_oid({.name = TypeName::timestamp}));
  return oids;
}

Result<TableStatements> make_statements(const TableMapping& mapping) {
  const Result<std::string> schema = quote_identifier(mapping.to.schema);
  if (!schema.ok()) return schema.error();
  Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  std::vector<Column> columns;
  for (const ShapeColumn& column : shape_of(mapping)) {
    Result<std::string> name = quote_identifier(column.name);
    if (!name.ok()) return name.error();
    columns.push_back({.name = std::move(name.value()),
                       .type = column.type,
                       .role = column.role,
                       .is_nullable = column.is_nullable});
  }
  if (columns.front().type.is_array) {
    return Error{ErrorKind::config_invalid,
                 "table " + format_table(mapping.to) + ": the key column cannot be an array",
                 "no _id is an array: choose another type for the key"};
  }
  const TableText text(mapping, std::move(table.value()), std::move(columns));
  return TableStatements{.create_schema = "CREATE SCHEMA IF NOT EXISTS " + schema.value(),
                         .create_table = text.create_table(),
                         .add_columns = text.add_columns(),
                         .upsert = text.upsert(),
                         .copy = text.copy(),
                         .removal = text.removal(),
                         .is_removal_planned_anew = marks_removals(mapping),
                         .has_key = text.has_key(),
                         .remove_all = text.remove_all(),
                         .first_keys = text.first_keys(),
                         .next_keys = text.next_keys()};
}

Result<std::vector<std::string>> comment_statements(const TableMapping& mapping,
                                                    std::size_t first) {
  const Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  std::vector<std::string> statements;
  for (const ColumnMapping& column : std::span(mapping.columns).subspan(first)) {
    const Result<std::string> name = quote_identifier(column.name);
    if (!name.ok()) return name.error();
    statements.push_back("COMMENT ON COLUMN " + table.value() + "." + name.value() + " IS " +
                         quote_literal(std::string(kFieldComment) + column.path.front()));
  }
  return statements;
}

}  // namespace relay
