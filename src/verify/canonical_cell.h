// A cell in one form, whether it is on its way to the target or comes back from there.
//
//   cell = 0x00              NULL
//        | 0x01 sized        a value of the column's type, as below
//        | 0x02 sized        bytes that are none, as they came; no row of the relay has such a cell
//
//   text, uuid, bytea        their bytes; a uuid that is printed, its text
//   boolean                  0x00 or 0x01
//   integer, bigint          4 or 8 bytes, big-endian
//   double precision         the 8 bytes of IEEE 754, big-endian; every NaN is the same
//   numeric                  canonical_decimal.h
//   timestamp with time zone microseconds since 2000, 8 bytes, big-endian
//   json                     canonical_json.h
//   T[]                      each element as a cell: double precision, numeric and json as above,
//                            all others as PostgreSQL prints them
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/target_kind.h"
#include "mapping/column_type.h"

namespace relay {

using CellView = std::optional<std::string_view>;  // nullopt: NULL.

// `cell`: in binary form; json, arrays and what else travels to the target as text
// (travels_as_text) as text. Both are what a RowBlock holds (core/row_block.h) and what
// read_rows_statement() asks for. Arrays have been printed under the settings that
// decode/cell_text.h names.
void append_canonical_cell(const ColumnType& type,
                           CellView cell,
                           TargetKind target,
                           std::string& out);
// A cell of any bytes.
void append_sized_cell(std::string_view bytes, std::string& out);
void append_foreign_cell(std::string_view bytes, std::string& out);

}  // namespace relay
