// Durations, sizes and times as users write them.
//
//   duration = digits ("ms" | "s" | "m" | "h")
//   size     = digits ("B" | "KiB" | "MiB" | "GiB")
//   time     = ISO 8601 date and time with its zone: 2024-07-11T23:17:42.907Z, 2024-07-11
//   23:17+02:00
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay {

// nullopt: not of the form above, or more than the type holds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::optional<std::int64_t> parse_size(std::string_view text);

// Digits beyond the millisecond are cut, which is earlier, never later. nullopt also for a time
// without a zone: it would mean another moment on another machine.
std::optional<std::chrono::sys_time<std::chrono::milliseconds>> parse_time(std::string_view text);

// In the largest unit that keeps the value whole: 2m, not 120s.
std::string format_duration(std::chrono::milliseconds duration);
std::string format_size(std::int64_t bytes);

// 2024-07-11T23:17:42.907Z; without the fraction when it is zero.
std::string format_time(std::chrono::sys_time<std::chrono::milliseconds> time);

// In double quotes, cut after 80 bytes, control characters escaped: safe inside a one-line message.
std::string quote_briefly(std::string_view text);

}  // namespace relay
