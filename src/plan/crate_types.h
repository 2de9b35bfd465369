// Columns of a table on CrateDB: their types, and what CrateDB has no column for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "mapping/table_shape.h"

namespace relay {

// As in CREATE TABLE: "NUMERIC(18,2)", "ARRAY(OBJECT(DYNAMIC))".
std::string crate_type(const ShapeColumn& column);

// The same of a single value as in a cast: "numeric(18,2)".
std::string crate_type_name(const ColumnType& type);

// With its name: "\"total\" NUMERIC(18,2)".
std::string crate_definition(const ShapeColumn& column);

// As the catalogue calls it: "numeric", "object_array". Precision and scale are not in it.
std::string crate_catalogue_type(const ColumnType& type);

// The type of a single value that the catalogue calls so; nullopt: one that relay does not have, a
// list, or a numeric, of which it does not say the scale.
std::optional<ColumnType> parse_catalogue_type(std::string_view text);

// "::bigint[]": from the text in which the column's cells travel to its type. Empty: CrateDB does
// that by itself.
std::string crate_cast(const ColumnType& type);

bool has_crate_type(const ColumnType& type);

// config_invalid: a type or a name that CrateDB has no column for; the hint says what instead.
Status check_crate_column(const TableMapping& mapping, const ShapeColumn& column);

}  // namespace relay
