// SchemaChoice: the columns that suit the documents of a sample, as a mapping file has them.
#pragma once

#include <string>
#include <vector>

#include "mapping/mapping_file.h"
#include "survey/plan_report.h"

namespace relay {

struct ShortenedColumn {
  FieldPath path{};
  std::string name{};  // The column's.
};

struct SchemaChoice {
  MappingFile file{};  // Empty columns: the sample has no document.
  std::vector<ShortenedColumn> shortened{};
  // Fields without a column, which stay in the JSON column: nulls only, no type that takes them, no
  // name left for them, or more of them than a table should have columns.
  std::vector<FieldPath> left_out{};
};

// The file's text: what it was made from as comments, and the columns.
std::string format_schema_file(const PlannedTable& table, const SchemaChoice& choice);

// Its name: the table's, "orders.toml", with "schema." before it when `is_ambiguous`. What has no
// place in a file name is replaced, and told apart by a hash.
std::string name_schema_file(const TableName& table, bool is_ambiguous);

// The key first, as `id` (where a field is called id as `_id`, or `oid` where a target has no such
// column), then the other fields in the order of `fields`. A field inside of others has their names
// with `_` between them. rest is "data".
SchemaChoice choose_schema(const std::vector<FieldFacts>& fields, TargetKind target);

}  // namespace relay
