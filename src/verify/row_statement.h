// The SELECTs that read rows for CanonicalRow.
//
//   SELECT "oid", "data"::text FROM "sales"."orders" WHERE "deleted_at" IS NULL
//   SELECT "oid", "data", "overflow" FROM ...         CrateDB
//
// Its answer is wanted in binary form (result format 1, or COPY ( ... ) TO STDOUT (FORMAT binary)):
// then a cell has the bytes with which it travelled to the target, there is one reader for both
// sides, and a double or a time is never printed and parsed. JSON and arrays travelled as text, so
// they come back as text; from CrateDB, which prints arrays of texts so that nobody can read them
// back, arrays come in binary form (TargetRows turns them into text), and JSON is the same in both.
#pragma once

#include <string>

#include "apply/row_reader.h"
#include "core/result.h"
#include "core/target_kind.h"
#include "mapping/table_mapping.h"

namespace relay {

// PostgreSQL. Columns as compared_columns(), rows in no order, without those that are marked as
// deleted. The session has the settings that decode/cell_text.h names: sql/postgres/set_session.sql
// sets them. config_invalid: a name that cannot be quoted.
Result<std::string> read_rows_statement(const TableMapping& mapping);

// All rows, for RowReader::scan(). With a column behind the others: on PostgreSQL the key as the
// server prints it, from which parse_key() makes the `_id`; on CrateDB the key that pages go by.
Result<RowScan> scan_rows_statements(const TableMapping& mapping, TargetKind target);

// The same, only of the rows whose keys are in the array $1, which is as the key column of
// RowEncoder::make_removals().
Result<std::string> read_rows_by_key_statement(const TableMapping& mapping, TargetKind target);

}  // namespace relay
