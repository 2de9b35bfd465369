#include "decode/fit_numbers.h"

#include <bit>
#include <cmath>
#include <limits>

#include "decode/numeric.h"

namespace relay {
namespace {

constexpr double kTwoTo63 = 9'223'372'036'854'775'808.0;

std::int64_t load_integer(const BsonElement& element) {
  return element.type == BsonType::int32 ? load_i32(element.value_at) : load_i64(element.value_at);
}

void set_double(double value, Cell& cell) {
  cell.set_big_endian(std::bit_cast<std::uint64_t>(value));
}

Rejection set_numeric(const Decimal128& value, const ColumnRule& rule, Cell& cell) {
  const bool is_bounded = rule.type.precision > 0;
  if (value.kind == Decimal128::Kind::finite) {
    // numeric has no negative zero.
    if (value.coefficient == 0 && value.is_negative) return Rejection::misfit;
    if (is_bounded && !fits_numeric(value, rule.type.precision, rule.type.scale))
      return Rejection::misfit;
  } else {
    if (rule.target == JsonTarget::cratedb) return Rejection::misfit;
    if (value.kind == Decimal128::Kind::infinite && is_bounded) return Rejection::misfit;
  }
  char* const at = cell.short_room();
  static_assert(kNumericBytesMax <= Cell::kShortMax);
  const int decimals = is_bounded ? rule.type.scale : 0;
  cell.set_short(static_cast<std::size_t>(write_numeric(at, value, decimals) - at));
  return Rejection::none;
}

}  // namespace

std::optional<std::int64_t> whole_value(const BsonElement& number) {
  if (number.type == BsonType::int32 || number.type == BsonType::int64) return load_integer(number);
  if (number.type == BsonType::double_) {
    const double value = load_double(number.value_at);
    if (!(value >= -kTwoTo63 && value < kTwoTo63) || value != std::trunc(value))
      return std::nullopt;
    if (value == 0 && std::signbit(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  const Decimal128 value = load_decimal128(number.value_at);
  if (value.kind != Decimal128::Kind::finite) return std::nullopt;
  if (value.coefficient == 0 && value.is_negative) return std::nullopt;
  return to_int64(normalise(value));
}

Rejection integer_from_number(const BsonElement& element, const ColumnRule&, Cell& cell) {
  const std::optional<std::int64_t> value = whole_value(element);
  if (!value || *value < std::numeric_limits<std::int32_t>::min() ||
      *value > std::numeric_limits<std::int32_t>::max())
    return Rejection::misfit;
  cell.set_big_endian(static_cast<std::uint32_t>(*value));
  return Rejection::none;
}

Rejection bigint_from_number(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  const std::optional<std::int64_t> value = whole_value(element);
  if (!value) return Rejection::misfit;
  // CrateDB keeps the ends for itself.
  const bool is_end = *value == std::numeric_limits<std::int64_t>::min() ||
                      *value == std::numeric_limits<std::int64_t>::max();
  if (is_end && rule.target == JsonTarget::cratedb) return Rejection::misfit;
  cell.set_big_endian(static_cast<std::uint64_t>(*value));
  return Rejection::none;
}

Rejection double_from_double(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  const bool is_crate_key = rule.is_key && rule.target == JsonTarget::cratedb;
  // MongoDB calls it equal to 0, CrateDB makes another row of it.
  if (is_crate_key && std::bit_cast<std::uint64_t>(-0.0) == load_u64(element.value_at))
    return Rejection::misfit;
  cell.set_big_endian(load_u64(element.value_at));
  return Rejection::none;
}

Rejection double_from_integer(const BsonElement& element, const ColumnRule&, Cell& cell) {
  const std::int64_t value = load_integer(element);
  const auto real = static_cast<double>(value);
  // Integers next to 2^63 round up to it, which is no int64 any more.
  if (real == kTwoTo63 || static_cast<std::int64_t>(real) != value) return Rejection::misfit;
  set_double(real, cell);
  return Rejection::none;
}

Rejection double_from_decimal(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  const Decimal128 value = load_decimal128(element.value_at);
  if (value.kind == Decimal128::Kind::nan) {
    set_double(std::numeric_limits<double>::quiet_NaN(), cell);
    return Rejection::none;
  }
  if (value.kind == Decimal128::Kind::infinite) {
    set_double(value.is_negative ? -HUGE_VAL : HUGE_VAL, cell);
    return Rejection::none;
  }
  if (value.coefficient == 0) {
    const bool is_crate_key = rule.is_key && rule.target == JsonTarget::cratedb;
    if (value.is_negative && is_crate_key) return Rejection::misfit;
    set_double(value.is_negative ? -0.0 : 0.0, cell);
    return Rejection::none;
  }
  const std::optional<double> real = to_double(normalise(value));
  if (!real) return Rejection::misfit;
  set_double(*real, cell);
  return Rejection::none;
}

Rejection numeric_from_integer(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  return set_numeric(to_decimal(load_integer(element)), rule, cell);
}

Rejection numeric_from_double(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  const Decimal128 value = to_decimal(load_double(element.value_at));
  // The double 0.1 and the decimal 0.1 are two keys in MongoDB and would be one here.
  if (rule.is_key && value.kind == Decimal128::Kind::finite && !to_double(normalise(value)))
    return Rejection::misfit;
  return set_numeric(value, rule, cell);
}

Rejection numeric_from_decimal(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  return set_numeric(load_decimal128(element.value_at), rule, cell);
}

}  // namespace relay
