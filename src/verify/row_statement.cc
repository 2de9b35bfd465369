#include "verify/row_statement.h"

#include "plan/sql_name.h"
#include "plan/sql_text.h"
#include "verify/canonical_row.h"

namespace relay {

Result<std::string> read_rows_statement(const TableMapping& mapping) {
  std::string text = "SELECT ";
  bool is_first = true;
  for (const ShapeColumn& column : compared_columns(mapping)) {
    const Result<std::string> name = quote_identifier(column.name);
    if (!name.ok()) return name.error();
    if (!is_first) text += ", ";
    is_first = false;
    text += name.value();
    if (column.type.is_array || column.type.name == TypeName::json) text += "::text";
  }
  const Result<std::string> table = quote_table(mapping.to);
  if (!table.ok()) return table.error();
  text += " FROM " + table.value();
  if (marks_removals(mapping)) text += " WHERE \"deleted_at\" IS NULL";
  return text;
}

}  // namespace relay
