// What a target is. Found out on connecting; only sinks, SQL text and the writers of values ask.
#pragma once

#include <cstdint>

namespace relay {

enum class TargetKind : std::uint8_t { postgresql, cratedb };

}  // namespace relay
