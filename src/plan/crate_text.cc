#include "plan/crate_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "plan/crate_types.h"
#include "plan/sql_name.h"

namespace relay {
namespace {

// Of "schema.table".
constexpr std::size_t kTableNameBytesMax = 255;

constexpr char kDeletedAt[] = "\"deleted_at\"";

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

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

struct Column {
  std::string name;  // Quoted.
  ShapeColumn shape;
};

// The SQL of one table, from its quoted parts. The key is columns.front().
class TableText {
 public:
  TableText(const TableMapping& mapping, std::string name, std::vector<Column> columns)
      : mapping_(mapping), name_(std::move(name)), columns_(std::move(columns)) {
    for (const Column& column : columns_)
      names_.push_back(column.name);
  }

  [[nodiscard]] CrateStatements statements() const {
    const std::string insert = "INSERT INTO " + name_ + " (" + join(names_) + ") ";
    const std::string keys = "SELECT " + key() + " FROM " + name_;
    const std::string live = is_marked() ? std::string(kDeletedAt) + " IS NULL" : "";
    CrateStatements statements{
        .table = name_,
        .create_table = create_table(),
        .upsert = insert + "(" + rows() + ")" + on_conflict(),
        .upsert_returning = {},
        .upsert_single = insert + "VALUES (" + join(numbers("")) + ")" + on_conflict(),
        .removal = removal(),
        .remove_all = remove_all(),
        .refresh = "REFRESH TABLE " + name_,
        .first_keys = keys + (live.empty() ? "" : " WHERE " + live) + " ORDER BY " + ordered_key() +
                      " LIMIT $1::bigint",
        .next_keys = keys + " WHERE " + ordered_key() + " > $1" +
                     (live.empty() ? "" : " AND " + live) + " ORDER BY " + ordered_key() +
                     " LIMIT $2::bigint",
        .page_key = ordered_type().name == TypeName::numeric ? key() + "::text" : ordered_key(),
        .first_page = " FROM " + name_ + where({live}) + order() + "$1::bigint",
        .next_page = " FROM " + name_ +
                     where({ordered_key() + " > $1::" + crate_type_name(ordered_type()), live}) +
                     order() + "$2::bigint",
        .of_keys = " FROM " + name_ + where({is_listed(), live}),
        .is_printed = {}};
    statements.upsert_returning = statements.upsert + " RETURNING " + key();
    for (const Column& column : columns_)
      statements.is_printed.push_back(travels_as_text(column.shape.type, TargetKind::cratedb));
    return statements;
  }

 private:
  [[nodiscard]] const std::string& key() const { return names_.front(); }
  // CrateDB (6.4.3) has neither an order of uuids nor a cast of one to text.
  [[nodiscard]] std::string ordered_key() const {
    const bool is_uuid = columns_.front().shape.type.name == TypeName::uuid;
    return is_uuid ? "format('%s', " + key() + ")" : key();
  }
  [[nodiscard]] ColumnType ordered_type() const {
    const ColumnType& type = columns_.front().shape.type;
    return type.name == TypeName::uuid ? ColumnType{} : type;
  }
  [[nodiscard]] std::string order() const { return " ORDER BY " + ordered_key() + " LIMIT "; }
  // The key is in the array $1. Of `$1::text[]::uuid[]` CrateDB makes a parameter of type uuid[],
  // and reads the bytes of the texts as such.
  [[nodiscard]] std::string is_listed() const {
    const ColumnType& type = columns_.front().shape.type;
    if (!travels_as_text(type, TargetKind::cratedb))
      return key() + " = ANY($1::" + crate_type_name(type) + "[])";
    return key() + " IN (SELECT c1::" + crate_type_name(type) +
           " FROM UNNEST($1::text[]) AS u (c1))";
  }
  static std::string where(const std::vector<std::string>& conditions) {
    std::string text;
    for (const std::string& condition : conditions) {
      if (!condition.empty()) text += (text.empty() ? " WHERE " : " AND ") + condition;
    }
    return text;
  }
  [[nodiscard]] bool is_marked() const { return marks_removals(mapping_); }

  [[nodiscard]] std::string create_table() const {
    std::vector<std::string> definitions;
    for (const Column& column : columns_) {
      const bool is_key = column.shape.role == ColumnRole::key;
      definitions.push_back(column.name + " " + crate_type(column.shape) +
                            (is_key ? " PRIMARY KEY" : ""));
    }
    return "CREATE TABLE IF NOT EXISTS " + name_ + " (" + join(definitions) + ")";
  }

  // $1, $2, ... with something behind each.
  [[nodiscard]] std::vector<std::string> numbers(std::string_view end) const {
    std::vector<std::string> all;
    for (std::size_t i = 1; i <= columns_.size(); ++i)
      all.push_back("$" + std::to_string(i) + std::string(end));
    return all;
  }

  [[nodiscard]] std::string rows() const {
    std::vector<std::string> arrays;
    std::vector<std::string> values;
    std::vector<std::string> aliases;
    bool has_casts = false;
    for (const Column& column : columns_) {
      const ColumnType& type = column.shape.type;
      const bool is_text =
          travels_as_text(type, TargetKind::cratedb) || element_oid(type) == kTextOid;
      const std::string number = std::to_string(aliases.size() + 1);
      arrays.push_back("$" + number +
                       "::" + (is_text ? "text" : format_column_type({.name = type.name})) + "[]");
      aliases.push_back("c" + number);
      values.push_back("c" + number + crate_cast(type));
      has_casts = has_casts || !crate_cast(type).empty();
    }
    const std::string source = "UNNEST(" + join(arrays) + ")";
    if (!has_casts) return "SELECT * FROM " + source;
    return "SELECT " + join(values) + " FROM " + source + " AS u (" + join(aliases) + ")";
  }

  // There is no WHERE behind DO UPDATE. An event that comes again changes nothing, as in
  // TableStatements::upsert, and is counted all the same.
  [[nodiscard]] std::string on_conflict() const {
    std::vector<std::string> settings;
    for (const Column& column : columns_) {
      if (column.shape.role == ColumnRole::key) continue;
      const std::string next = "excluded." + column.name;
      settings.push_back(column.name + " = " +
                         (mapping_.mode == MappingMode::append
                              ? "CASE WHEN excluded.\"operation\" = 'snapshot' THEN " + next +
                                    " ELSE " + column.name + " END"
                              : next));
    }
    return " ON CONFLICT (" + key() + ") DO UPDATE SET " + join(settings);
  }

  // The first time stays.
  [[nodiscard]] std::string removal() const {
    const std::string where = " WHERE " + key() + " = $1";
    if (!is_marked()) return "DELETE FROM " + name_ + where;
    return "UPDATE " + name_ + " SET " + kDeletedAt + " = coalesce(" + kDeletedAt + ", $2)" + where;
  }

  [[nodiscard]] std::string remove_all() const {
    if (!is_marked()) return "DELETE FROM " + name_;
    return "UPDATE " + name_ + " SET " + kDeletedAt + " = $1 WHERE " + kDeletedAt + " IS NULL";
  }

  const TableMapping& mapping_;
  std::string name_;
  std::vector<Column> columns_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<Error> find_crate_refusals(const TableMapping& mapping) {
  std::vector<Error> refusals;
  const auto keep = [&refusals](const Status& checked) {
    if (!checked.ok()) refusals.push_back(checked.error());
  };
  for (const std::string& name : {mapping.to.schema, mapping.to.table})
    keep(check_name(mapping, name));
  if (const auto table = quote_table(mapping.to); !table.ok()) refusals.push_back(table.error());
  if (format_table(mapping.to).size() > kTableNameBytesMax)
    refusals.push_back({ErrorKind::config_invalid,
                        "table " + format_table(mapping.to) + ": the name is too long for CrateDB",
                        "choose a shorter one with `to = \"schema.table\"`"});
  const std::vector<ShapeColumn> shape = shape_on(TargetKind::cratedb, mapping);
  for (const ShapeColumn& column : shape) {
    keep(check_crate_column(mapping, column));
    if (const auto name = quote_identifier(column.name); !name.ok())
      refusals.push_back(name.error());
  }
  if (shape.size() == 1)
    // An upsert that has nothing to set is DO NOTHING, which counts no row that is there already.
    refusals.push_back(
        {ErrorKind::config_invalid,
         "table " + format_table(mapping.to) + ": on CrateDB a row needs more than its key",
         "name a column more, or leave `rest` in"});
  return refusals;
}

Result<CrateStatements> make_crate_statements(const TableMapping& mapping) {
  const std::vector<Error> refusals = find_crate_refusals(mapping);
  if (!refusals.empty()) return refusals.front();
  std::vector<Column> columns;
  for (ShapeColumn& column : shape_on(TargetKind::cratedb, mapping))
    columns.push_back({.name = quote_identifier(column.name).value(), .shape = std::move(column)});
  return TableText(mapping, quote_table(mapping.to).value(), std::move(columns)).statements();
}

Result<std::string> crate_add_columns(const TableMapping& mapping,
                                      std::span<const ShapeColumn> columns) {
  const Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  std::vector<std::string> additions;
  for (const ShapeColumn& column : columns) {
    if (Status fits = check_crate_column(mapping, column); !fits.ok()) return fits.error();
    additions.push_back("ADD COLUMN " + crate_definition(column));
  }
  return "ALTER TABLE " + table.value() + " " + join(additions);
}

}  // namespace relay
