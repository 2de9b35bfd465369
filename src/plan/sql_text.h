// SQL text made from a mapping: DDL, and the statements that write and read its rows. Columns and
// their order are those of mapping/table_shape.h.
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

struct TableStatements {
  std::string create_schema;  // Needs the right to create schemas even if the schema exists.
  std::string create_table;
  // Adds the columns of the mapping that the table does not have; the others stay as they are.
  // Empty: the mapping has no column but the key.
  std::string add_columns;
  // $1, $2, ...: one array a column, as in upsert_element_oids(). A key may occur once. JSON
  // travels as text[]: as jsonb[] it costs the server a third more CPU (1 KB rows, measured), since
  // every value is copied out of an array of parsed ones; unnest() in FROM would copy all rows once
  // more.
  std::string upsert;
  // COPY ... FROM STDIN in binary form, a field a column. Empty: a column of the table is an array,
  // which travels as text that only an upsert can cast.
  std::string copy;
  // $1: array of keys, and when rows are marked $2: array of times. With is_removal_planned_anew
  // it is not to be prepared: it is a join, and a plan made while the table was small would read
  // the whole table for every batch once it has grown.
  std::string removal;
  bool is_removal_planned_anew = false;
  // For a WHERE: the key is in the array $1, which is as in `removal`.
  std::string has_key;
  // All rows go away (or are marked). $1, only when rows are marked: the time, seconds since 1970.
  std::string remove_all;
  // Keys as text, in the order of the primary key, of rows that are not marked: from the first on,
  // $1 rows at most; and behind the key $1 (text), $2 rows at most.
  std::string first_keys;
  std::string next_keys;
};

// config_invalid: a name that cannot be quoted, or a key that is an array.
Result<TableStatements> make_statements(const TableMapping& mapping);

// The comment of a column that was added for a field (evolve = "add"): it says after a restart
// whose column it is, also when the name was cut or changed.
inline constexpr std::string_view kFieldComment = "relay: field ";

// A statement for each column of the mapping from `first` on, which gives it that comment.
// config_invalid: a name that cannot be quoted.
Result<std::vector<std::string>> comment_statements(const TableMapping& mapping, std::size_t first);

// Element types of the columns of TableRows::upserts and TableRows::removals. Removals are the key,
// and, when rows are marked, the time (timestamp with time zone) that deleted_at gets.
std::vector<std::uint32_t> upsert_element_oids(const TableMapping& mapping);
std::vector<std::uint32_t> removal_element_oids(const TableMapping& mapping);

// True: a row whose document went away stays, with deleted_at set.
bool marks_removals(const TableMapping& mapping);

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
