// Decimal128: the IEEE 754 decimal of BSON, read from its binary integer encoding.
//
// Encodings whose coefficient has more than 34 digits stand for zero, as the standard says; the
// payload and the sign of a NaN are not kept. Both have no text of their own in Extended JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace relay {

__extension__ typedef unsigned __int128 Uint128;

struct Decimal128 {
  enum class Kind : std::uint8_t { finite, infinite, nan };

  Kind kind = Kind::finite;
  bool is_negative = false;
  Uint128 coefficient = 0;    // Below 10^34.
  std::int32_t exponent = 0;  // The value is coefficient * 10^exponent.
};

// `bytes`: the 16 of a BSON value.
Decimal128 load_decimal128(const std::uint8_t* bytes);

inline constexpr std::size_t kDecimalTextMax = 48;

// The text of the Decimal128 specification: 1.10, 1E+3, -0, 1E-6176, NaN, -Infinity. Every finite
// value has its own text, trailing zeros included. Returns the end.
char* write_decimal128(char* at, const Decimal128& value);

// The same number without trailing zeros in the coefficient; zero becomes 0 with exponent 0 and no
// sign. For finite values.
Decimal128 normalise(const Decimal128& value);

// nullopt: not integral, or outside int64. For normalised values.
std::optional<std::int64_t> to_int64(const Decimal128& value);

// nullopt: no double has exactly this value. For normalised values.
std::optional<double> to_double(const Decimal128& value);

}  // namespace relay
