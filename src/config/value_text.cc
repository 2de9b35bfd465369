#include "config/value_text.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <span>

namespace relay {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// Smallest first.
constexpr std::array<Unit, 4> kDurationUnits = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<Unit, 4> kSizeUnits = {
    {{"B", 1}, {"KiB", 1'024}, {"MiB", 1'048'576}, {"GiB", 1'073'741'824}}};

std::optional<std::int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  // Digits only: from_chars would take a sign.
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (text != unit.name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string format_with_unit(std::int64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor).append(best->name);
}

// Reads fixed-width parts of a time from the front of a text.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  // Exactly `width` digits.
  std::optional<int> take_number(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int number = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return number;
  }

  // One of the characters; NUL when the next one is none of them.
  char take_one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // ".907123" as 907; nullopt when no digit follows the point. No point at all is 0.
  std::optional<int> take_fraction_ms() {
    if (take_one_of(".") == '\0') return 0;
    int milliseconds = 0;
    int digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++digits) {
      if (digits < 3) milliseconds = milliseconds * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits)
      milliseconds *= 10;
    return milliseconds;
  }

  // "Z", "+02:00", "-0330": minutes east of Greenwich.
  std::optional<int> take_zone() {
    if (take_one_of("Zz") != '\0') return 0;
    const char sign = take_one_of("+-");
    if (sign == '\0') return std::nullopt;
    const std::optional<int> hours = take_number(2);
    take_one_of(":");
    const std::optional<int> minutes = take_number(2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const int offset = *hours * 60 + *minutes;
    return sign == '-' ? -offset : offset;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> take_date(TimeReader& reader) {
  const std::optional<int> year = reader.take_number(4);
  if (!year || reader.take_one_of("-") == '\0') return std::nullopt;
  const std::optional<int> month = reader.take_number(2);
  if (!month || reader.take_one_of("-") == '\0') return std::nullopt;
  const std::optional<int> day = reader.take_number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::optional<std::int64_t> milliseconds = parse_with_unit(text, kDurationUnits);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds(*milliseconds);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  return parse_with_unit(text, kSizeUnits);
}

std::optional<std::chrono::sys_time<std::chrono::milliseconds>> parse_time(std::string_view text) {
  TimeReader reader(text);
  const std::optional<std::chrono::sys_days> date = take_date(reader);
  if (!date || reader.take_one_of("Tt ") == '\0') return std::nullopt;
  const std::optional<int> hour = reader.take_number(2);
  if (!hour || reader.take_one_of(":") == '\0') return std::nullopt;
  const std::optional<int> minute = reader.take_number(2);
  std::optional<int> second = 0;
  std::optional<int> fraction_ms = 0;
  if (reader.take_one_of(":") != '\0') {
    second = reader.take_number(2);
    fraction_ms = reader.take_fraction_ms();
  }
  const std::optional<int> zone = reader.take_zone();
  if (!minute || !second || !fraction_ms || !zone || !reader.at_end()) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return *date + std::chrono::hours(*hour) + std::chrono::minutes(*minute - *zone) +
         std::chrono::seconds(*second) + std::chrono::milliseconds(*fraction_ms);
}

std::string format_duration(std::chrono::milliseconds duration) {
  return format_with_unit(duration.count(), kDurationUnits);
}

std::string format_size(std::int64_t bytes) {
  return format_with_unit(bytes, kSizeUnits);
}

std::string format_time(std::chrono::sys_time<std::chrono::milliseconds> time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  std::array<char, 64> text{};
  std::snprintf(text.data(),
                text.size(),
                "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string out = text.data();
  if (clock.subseconds().count() != 0) {
    const auto milliseconds = static_cast<int>(clock.subseconds().count());
    std::snprintf(text.data(), text.size(), ".%03d", milliseconds);
    out += text.data();
  }
  return out + "Z";
}

std::string quote_briefly(std::string_view text) {
  constexpr std::size_t kBytesMax = 80;
  std::string out = "\"";
  for (const char c : text.substr(0, kBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(byte));
      out += escape.data();
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
  }
  if (text.size() > kBytesMax) out += "...";
  return out + "\"";
}

}  // namespace relay
