// Decimal numbers in one text each: -1.50, -15e-1 and -1.5 are "-15e-1".
//
//   decimal = "0" | ["-"] digits "e" exponent | "NaN" | "Infinity" | "-Infinity"
//
// The first and the last digit are no zeros. Zeros at the end of a fraction go, because the writer
// has no say over them: numeric(18,2) fills up to its scale, numeric and JSONB keep what they were
// given, and the `=` of all of them does not see the difference.
#pragma once

#include <string>
#include <string_view>

namespace relay {

// `text`: a number as JSON writes it, or one of the three words above. False: it is neither, or its
// exponent is out of all bounds; nothing was appended then.
bool append_canonical_decimal(std::string_view text, std::string& out);

}  // namespace relay
