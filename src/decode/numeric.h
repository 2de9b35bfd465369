// PostgreSQL's numeric, in the form it has on the wire (numeric_recv in
// src/backend/utils/adt/numeric.c):
//
//   int16 digit count, int16 weight of the first digit, uint16 sign, uint16 decimals shown, digits
//
// A digit is an int16 from 0 to 9999; the first one counts 10000^weight. All big-endian.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "decode/decimal128.h"

namespace relay {

// 34 decimal digits, shifted by up to 3, are at most 10 digits of four.
inline constexpr std::size_t kNumericBytesMax = 8 + 2 * 10;

Decimal128 to_decimal(std::int64_t value);
// The shortest decimal that reads back to `value`; also of NaN and infinities.
Decimal128 to_decimal(double value);

// Whether numeric(precision, scale) holds the finite value without rounding.
bool fits_numeric(const Decimal128& value, int precision, int scale);

// `decimals`: how many digits behind the point are shown at least; never fewer than the value has.
// Room for kNumericBytesMax; returns the end.
char* write_numeric(char* at, const Decimal128& value, int decimals);

// The digits of a value that write_numeric() made, as PostgreSQL prints them.
void append_numeric_text(std::string_view numeric, std::string& out);

}  // namespace relay
