// The part of the fit table (fit_table.h) that is about numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "decode/bson_reader.h"
#include "decode/cell.h"
#include "decode/fit_table.h"
#include "decode/json_writer.h"

namespace relay {

Rejection integer_from_number(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection bigint_from_number(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection double_from_double(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection double_from_integer(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection double_from_decimal(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection numeric_from_integer(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection numeric_from_double(const BsonElement& element, const ColumnRule& rule, Cell& cell);
Rejection numeric_from_decimal(const BsonElement& element, const ColumnRule& rule, Cell& cell);

// The integral value of a number of any type; nullopt: it has a fraction, is -0, or lies outside.
std::optional<std::int64_t> whole_value(const BsonElement& number);

}  // namespace relay
