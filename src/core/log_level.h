// How much is logged and in which form. Here because settings name it and the log obeys it, and the
// two do not know each other.
#pragma once

#include <cstdint>

namespace relay {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };

}  // namespace relay
