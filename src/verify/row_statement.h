// The SELECTs that read rows for CanonicalRow.
//
//   SELECT "oid", "data"::text FROM "sales"."orders" WHERE "deleted_at" IS NULL
//
// Its answer is wanted in binary form (result format 1, or COPY ( ... ) TO STDOUT (FORMAT binary)):
// then a cell has the bytes with which it travelled to the target, there is one reader for both
// sides, and a double or a time is never printed and parsed. JSON and arrays travelled as text, so
// they come back as text.
#pragma once

#include <string>

#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// Columns as compared_columns(), rows in no order, without those that are marked as deleted. The
// session has the settings that decode/cell_text.h names: sql/postgres/set_session.sql sets them.
// config_invalid: a name that cannot be quoted.
Result<std::string> read_rows_statement(const TableMapping& mapping);

// The same with a column behind the others: the key as the server prints it, from which parse_key()
// makes the `_id`.
Result<std::string> read_keyed_rows_statement(const TableMapping& mapping);

// The same, only of the rows whose keys are in the array $1, which is as the key column of
// RowEncoder::make_removals().
Result<std::string> read_rows_by_key_statement(const TableMapping& mapping);

}  // namespace relay
