#include "apply/table_check.h"

#include <algorithm>

#include "plan/sql_name.h"
#include "plan/sql_text.h"

namespace relay {
namespace {

std::string nullability(bool is_nullable) {
  return is_nullable ? "NULL" : "NOT NULL";
}

std::string describe(const ColumnDefinition& column) {
  return column.type + " " + nullability(column.is_nullable);
}

std::string describe(const LiveColumn& column) {
  std::string text = column.type + " " + nullability(column.is_nullable);
  if (column.is_computed) text += " GENERATED ALWAYS";
  if (!column.is_deterministic) text += " with a collation that takes different texts for equal";
  return text;
}

// A name as it has to be typed in SQL; one that cannot be quoted cannot be in a table either.
std::string typed(const std::string& name) {
  const Result<std::string> quoted = quote_identifier(name);
  return quoted.ok() ? quoted.value() : name;
}

std::string column_remedy(const ColumnDefinition& wanted, const LiveColumn& found) {
  if (found.is_computed) return "use another table";
  const std::string column = "ALTER COLUMN " + typed(wanted.name);
  std::string remedy;
  const auto add = [&remedy](const std::string& step) {
    remedy += (remedy.empty() ? "" : ", ") + step;
  };
  if (found.type != wanted.type) {
    add("use another table, or " + column + " TYPE " + wanted.type);
  } else if (!found.is_deterministic) {
    // With such a collation two documents could become one row.
    add(column + " TYPE " + wanted.type + " COLLATE \"default\"");
  }
  if (found.is_nullable != wanted.is_nullable)
    add(column + (wanted.is_nullable ? " DROP NOT NULL" : " SET NOT NULL"));
  return remedy;
}

std::string join_names(const std::vector<std::string>& names) {
  std::string text = "(";
  for (const std::string& name : names) {
    if (text.size() > 1) text += ", ";
    text += name;
  }
  return text + ")";
}

void check_key(const std::vector<ColumnDefinition>& wanted,
               const LiveTable& live,
               std::vector<Difference>& differences) {
  std::vector<std::string> expected;
  std::vector<std::string> found;
  for (const ColumnDefinition& column : wanted) {
    if (column.is_key) expected.push_back(typed(column.name));
  }
  for (const LiveColumn& column : live.columns) {
    if (column.is_key) found.push_back(typed(column.name));
  }
  std::ranges::sort(found);
  std::vector<std::string> sorted = expected;
  std::ranges::sort(sorted);
  if (found == sorted) return;
  differences.push_back(
      {.where = "primary key",
       .expected = join_names(expected),
       .found = found.empty() ? "none that is checked at once" : join_names(found),
       .remedy = "ADD PRIMARY KEY " + join_names(expected)});
}

}  // namespace

std::vector<Difference> find_differences(const TableMapping& mapping, const LiveTable& live) {
  std::vector<Difference> differences;
  if (live.kind != 'r' && live.kind != 'p') {
    differences.push_back({.where = "relation",
                           .expected = "a table",
                           .found = std::string("something else (relkind ") + live.kind + ")",
                           .remedy = "give it another name, or write to another table"});
    return differences;
  }
  const std::vector<ColumnDefinition> wanted = column_definitions(mapping);
  for (const ColumnDefinition& column : wanted) {
    const auto found = std::ranges::find(live.columns, column.name, &LiveColumn::name);
    if (found == live.columns.end()) {
      differences.push_back(
          {.where = "column " + column.name,
           .expected = describe(column),
           .found = "nothing",
           .remedy = "ADD COLUMN " + typed(column.name) + " " + describe(column)});
    } else if (found->type != column.type || found->is_nullable != column.is_nullable ||
               found->is_computed || !found->is_deterministic) {
      differences.push_back({.where = "column " + column.name,
                             .expected = describe(column),
                             .found = describe(*found),
                             .remedy = column_remedy(column, *found)});
    }
  }
  for (const LiveColumn& column : live.columns) {
    const bool is_wanted =
        std::ranges::find(wanted, column.name, &ColumnDefinition::name) != wanted.end();
    if (is_wanted || column.is_nullable || column.has_default) continue;
    differences.push_back({.where = "column " + column.name,
                           .expected = "nothing, or a column that may be left out",
                           .found = describe(column) + " without a default",
                           .remedy = "ALTER COLUMN " + typed(column.name) + " DROP NOT NULL"});
  }
  check_key(wanted, live, differences);
  return differences;
}

Error differences_error(const TableMapping& mapping, const std::vector<Difference>& differences) {
  std::string message = "check table " + format_table(mapping.to) + ": it does not fit";
  for (const Difference& difference : differences) {
    message += "; " + difference.where + ": expected " + difference.expected + ", found " +
               difference.found + " (" + difference.remedy + ")";
  }
  return {
      ErrorKind::sink_refused,
      message,
      "write to another table (`to = \"schema.table\"`), move this one out of the way, or alter it "
      "as said"};
}

}  // namespace relay
