// How single values are written: numbers, hex, base64, UUID, dates, JSON strings.
//
// Nothing here depends on the locale. Functions that take a `char*` write there and return the end;
// how much room they need stands with each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decode/text_buffer.h"

namespace relay {

inline constexpr std::size_t kDoubleTextMax = 32;

// A finite double in the shortest form that reads back to it, always with `.` or `e`: 3.0, 1e+30,
// -0.0.
char* write_double(char* at, double value);

// As std::to_chars writes it: 1.5, 1e-07, 9223372036854775808.
char* write_double_shortest(char* at, double value);

// NaN, Infinity or -Infinity; for values that are not finite.
std::string_view name_non_finite(double value);

// Two lower-case digits a byte.
char* write_hex(char* at, const std::uint8_t* bytes, std::size_t size);

// 36 characters: 00112233-4455-6677-8899-aabbccddeeff.
char* write_uuid(char* at, const std::uint8_t* bytes);

// Milliseconds since 1970 of the first and the last instant of the years 1 to 9999.
inline constexpr std::int64_t kDateTextMin = -62'135'596'800'000;
inline constexpr std::int64_t kDateTextMax = 253'402'300'799'999;

// 24 characters: 2024-07-11T23:17:42.907Z, proleptic Gregorian. `ms` within the bounds above.
char* write_date(char* at, std::int64_t ms);

void put_base64(TextBuffer& text, const std::uint8_t* bytes, std::size_t size);

// What a NUL does to a JSON string: PostgreSQL's jsonb cannot hold it, plain text can hold its
// escape.
enum class NulRule : std::uint8_t { refuse, escape };

// The inside of a JSON string. False: `value` is not UTF-8, or has a NUL that is refused; part of
// it has been put then.
bool put_json_characters(TextBuffer& text, std::string_view value, NulRule nul);

// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view value);

// UTF-8 without a NUL: what a text of PostgreSQL can hold.
bool is_storable_text(std::string_view value);

}  // namespace relay
