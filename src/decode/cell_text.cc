#include "decode/cell_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "decode/numeric.h"
#include "decode/text_format.h"

namespace relay {
namespace {

template <class Unsigned>
Unsigned load_big_endian(std::string_view bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<Unsigned>(value << 8U | static_cast<std::uint8_t>(bytes[i]));
  return value;
}

void append_integer(std::int64_t value, std::string& out) {
  std::array<char, 24> text{};
  const char* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

// With leading zeros up to `width` digits.
void append_padded(std::int64_t value, std::size_t width, std::string& out) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void append_double(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += name_non_finite(value);
    return;
  }
  std::array<char, kDoubleTextMax> text{};
  const char* const end = write_double_shortest(text.data(), value);
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

struct Day {
  std::int64_t year;  // Astronomical: 0 is 1 BC.
  std::int64_t month;
  std::int64_t day;
};

// Proleptic Gregorian, as to_civil() in text_format.cc, but for days before year 1 too.
Day to_day(std::int64_t days_since_1970) {
  constexpr std::int64_t kEraDays = 146'097;
  const std::int64_t days = days_since_1970 + 719'468;
  const std::int64_t era = (days >= 0 ? days : days - (kEraDays - 1)) / kEraDays;
  const std::int64_t of_era = days - era * kEraDays;
  const std::int64_t year_of_era =
      (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * of_year + 2) / 153;
  const std::int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0),
          month,
          of_year - (153 * from_march + 2) / 5 + 1};
}

void append_timestamp(std::int64_t us_since_2000, std::string& out) {
  constexpr std::int64_t kSecondUs = 1'000'000;
  constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
  constexpr std::int64_t kDaysTo2000 = 10'957;
  std::int64_t days = us_since_2000 / kDayUs;
  std::int64_t rest = us_since_2000 % kDayUs;
  if (rest < 0) {
    rest += kDayUs;
    --days;
  }
  const Day day = to_day(days + kDaysTo2000);
  const bool is_before_christ = day.year <= 0;
  append_padded(is_before_christ ? 1 - day.year : day.year, 4, out);
  out.push_back('-');
  append_padded(day.month, 2, out);
  out.push_back('-');
  append_padded(day.day, 2, out);
  out.push_back(' ');
  append_padded(rest / (3'600 * kSecondUs), 2, out);
  out.push_back(':');
  append_padded(rest / (60 * kSecondUs) % 60, 2, out);
  out.push_back(':');
  append_padded(rest / kSecondUs % 60, 2, out);
  if (rest % kSecondUs != 0) {
    out.push_back('.');
    append_padded(rest % kSecondUs, 6, out);
    out.erase(out.find_last_not_of('0') + 1);
  }
  out += "+00";
  if (is_before_christ) out += " BC";
}

void append_quoted(std::string_view text, std::string& out) {
  out.push_back('"');
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t special = std::min(text.find_first_of("\"\\", i), text.size());
    out.append(text, i, special - i);
    if (special == text.size()) break;
    out.push_back('\\');
    out.push_back(text[special]);
    i = special + 1;
  }
  out.push_back('"');
}

}  // namespace

std::optional<std::int64_t> to_timestamp(std::int64_t ms_since_1970) {
  // Milliseconds from 1970 to 2000, where PostgreSQL begins to count.
  constexpr std::int64_t kEpoch2000Ms = 946'684'800'000;
  // MIN_TIMESTAMP and END_TIMESTAMP in src/include/datatype/timestamp.h.
  constexpr std::int64_t kUsMin = -211'813'488'000'000'000;
  constexpr std::int64_t kUsEnd = 9'223'371'331'200'000'000;
  std::int64_t us = 0;
  if (__builtin_sub_overflow(ms_since_1970, kEpoch2000Ms, &us) ||
      __builtin_mul_overflow(us, 1'000, &us) || us < kUsMin || us >= kUsEnd)
    return std::nullopt;
  return us;
}

void append_cell_text(std::string_view bytes, TypeName type, std::string& out) {
  switch (type) {
    case TypeName::text:
    case TypeName::json:
      out += bytes;
      return;
    case TypeName::boolean:
      out.push_back(bytes[0] != 0 ? 't' : 'f');
      return;
    case TypeName::integer:
      append_integer(static_cast<std::int32_t>(load_big_endian<std::uint32_t>(bytes)), out);
      return;
    case TypeName::bigint:
      append_integer(static_cast<std::int64_t>(load_big_endian<std::uint64_t>(bytes)), out);
      return;
    case TypeName::double_precision:
      append_double(std::bit_cast<double>(load_big_endian<std::uint64_t>(bytes)), out);
      return;
    case TypeName::numeric:
      append_numeric_text(bytes, out);
      return;
    case TypeName::timestamp:
      append_timestamp(static_cast<std::int64_t>(load_big_endian<std::uint64_t>(bytes)), out);
      return;
    case TypeName::uuid: {
      std::array<char, 36> text{};
      write_uuid(text.data(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
      out.append(text.data(), text.size());
      return;
    }
    case TypeName::bytea:
      out += "\\x";
      const std::size_t start = out.size();
      out.resize(start + 2 * bytes.size());
      write_hex(
          out.data() + start, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      return;
  }
}

void append_array_element(std::string_view bytes, TypeName type, std::string& out) {
  switch (type) {
    case TypeName::boolean:
    case TypeName::integer:
    case TypeName::bigint:
    case TypeName::double_precision:
    case TypeName::numeric:
    case TypeName::uuid:
      append_cell_text(bytes, type, out);
      return;
    case TypeName::text:
    case TypeName::json:
      append_quoted(bytes, out);
      return;
    case TypeName::timestamp:
    case TypeName::bytea: {
      std::string text;
      append_cell_text(bytes, type, text);
      append_quoted(text, out);
      return;
    }
  }
}

}  // namespace relay
