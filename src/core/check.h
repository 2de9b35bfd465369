// CHECK: a broken assumption in our own code. On in release builds; prints the place and aborts,
// because going on could store a position that is not true.
#pragma once

#include <source_location>
#include <string_view>

namespace relay {

[[noreturn]] void fail_check(std::string_view condition,
                             std::string_view text,
                             std::source_location where = std::source_location::current());

}  // namespace relay

#define CHECK(condition, text)               \
  do {                                       \
    if (!(condition)) [[unlikely]]           \
      ::relay::fail_check(#condition, text); \
  } while (false)
