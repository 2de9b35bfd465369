#include "verify/row_statement.h"

#include <utility>
#include <vector>

#include "plan/crate_text.h"
#include "plan/sql_name.h"
#include "plan/sql_text.h"
#include "verify/canonical_row.h"

namespace relay {
namespace {

// `FROM` and `WHERE` with the conditions.
Result<std::string> from_table(const TableMapping& mapping, std::vector<std::string> conditions) {
  const Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  if (marks_removals(mapping)) conditions.emplace_back("\"deleted_at\" IS NULL");
  std::string text = " FROM " + table.value();
  for (std::size_t i = 0; i < conditions.size(); ++i)
    text += (i == 0 ? " WHERE " : " AND ") + conditions[i];
  return text;
}

// As cells travel there.
std::string cast_of(const ColumnType& type, TargetKind target) {
  if (target == TargetKind::postgresql)
    return type.is_array || type.name == TypeName::json ? "::text" : "";
  // A uuid has no cast to text there, and is not printed in binary form (TargetRows does it).
  if (type.name != TypeName::numeric) return "";
  return type.is_array ? "::text[]" : "::text";
}

Result<std::string> select_cells(const TableMapping& mapping, TargetKind target) {
  std::string text = "SELECT ";
  bool is_first = true;
  for (const ShapeColumn& column : compared_columns(mapping, target)) {
    const Result<std::string> name = quote_identifier(column.name);
    if (!name.ok()) return name.error();
    if (!is_first) text += ", ";
    is_first = false;
    text += name.value() + cast_of(column.type, target);
  }
  return text;
}

Result<std::string> make_select(const TableMapping& mapping,
                                const std::string& more,
                                std::vector<std::string> conditions) {
  const Result<std::string> cells = select_cells(mapping, TargetKind::postgresql);
  if (!cells.ok()) return cells.error();
  const Result<std::string> from = from_table(mapping, std::move(conditions));
  if (!from.ok()) return from.error();
  return cells.value() + more + from.value();
}

Result<std::string> key_as_text(const TableMapping& mapping) {
  const Result<std::string> key = quote_identifier(shape_of(mapping).front().name);
  if (!key.ok()) return key.error();
  return ", " + key.value() + "::text";
}

}  // namespace

Result<std::string> read_rows_statement(const TableMapping& mapping) {
  return make_select(mapping, "", {});
}

Result<RowScan> scan_rows_statements(const TableMapping& mapping, TargetKind target) {
  if (target == TargetKind::cratedb) {
    const Result<std::string> cells = select_cells(mapping, target);
    if (!cells.ok()) return cells.error();
    const Result<CrateStatements> statements = make_crate_statements(mapping);
    if (!statements.ok()) return statements.error();
    const std::string select = cells.value() + ", " + statements.value().page_key;
    return RowScan{.first = select + statements.value().first_page,
                   .next = select + statements.value().next_page};
  }
  const Result<std::string> key = key_as_text(mapping);
  if (!key.ok()) return key.error();
  Result<std::string> all = make_select(mapping, key.value(), {});
  if (!all.ok()) return all.error();
  return RowScan{.first = std::move(all.value())};
}

Result<std::string> read_rows_by_key_statement(const TableMapping& mapping, TargetKind target) {
  if (target == TargetKind::cratedb) {
    const Result<std::string> cells = select_cells(mapping, target);
    if (!cells.ok()) return cells.error();
    const Result<CrateStatements> statements = make_crate_statements(mapping);
    if (!statements.ok()) return statements.error();
    return cells.value() + statements.value().of_keys;
  }
  const Result<TableStatements> statements = make_statements(mapping);
  if (!statements.ok()) return statements.error();
  return make_select(mapping, "", {statements.value().has_key});
}

}  // namespace relay
