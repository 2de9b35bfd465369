// PostgreSQL's binary numeric in decimal digits. Pure.
#pragma once

#include <string>
#include <string_view>

namespace relay {

struct NumericText {
  bool is_finite = true;
  std::string text;  // "-12.5", no zeros at the end of a fraction; "NaN", "Infinity", "-Infinity".
};

// `cell` as numeric_send() writes it: int16 count of digits, weight, sign, scale, then digits of
// base 10,000. (PostgreSQL source, src/backend/utils/adt/numeric.c.)
NumericText read_numeric(std::string_view cell);

// A finite decimal text as a Decimal128 without zeros at the end writes itself: "0.1", "1E+30",
// "1.5E-7". (General Decimal Arithmetic, to-scientific-string.)
std::string scientific_text(std::string_view decimal);

}  // namespace relay
