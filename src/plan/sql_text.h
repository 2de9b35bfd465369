// SQL text made from a mapping: quoted names, DDL, and the statements that write rows.
//
// Only names become text, always quoted; values travel as parameters. PostgreSQL's dialect so far.
//
// Not here: fixed statements (sql/), sending anything (apply/).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "mapping/table_shape.h"

namespace relay {

// PostgreSQL cuts longer names with a mere notice, so two of them could become one.
inline constexpr std::size_t kIdentifierBytesMax = 63;

// config_invalid: empty, longer than a name may be, with a NUL, or not UTF-8.
Result<std::string> quote_identifier(std::string_view name);

// "schema"."table", quoted.
Result<std::string> quote_table(const TableName& name);

struct TableStatements {
  std::string create_schema;  // Needs the right to create schemas even if the schema exists.
  std::string create_table;
  // $1, $2, ...: one array a column, as in upsert_element_oids(). A key may occur once. JSON
  // travels as text[]: as jsonb[] it costs the server a third more CPU (1 KB rows, measured), since
  // every value is copied out of an array of parsed ones; unnest() in FROM would copy all rows once
  // more.
  std::string upsert;
  // $1: array of key texts.
  std::string removal;
};

Result<TableStatements> make_statements(const TableMapping& mapping);

// Element types of the columns of TableRows::upserts and TableRows::removals.
std::vector<std::uint32_t> upsert_element_oids(const TableMapping& mapping);
std::vector<std::uint32_t> removal_element_oids(const TableMapping& mapping);

// What a column of the table has to be.
struct ColumnDefinition {
  std::string name;
  std::string type;  // As PostgreSQL's format_type() writes it.
  bool is_key = false;
  bool is_nullable = false;
};

// The table's columns, in the order of the statements.
std::vector<ColumnDefinition> column_definitions(const TableMapping& mapping);

}  // namespace relay
