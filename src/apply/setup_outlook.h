// SetupOutlook: what would happen to the target before its first row, without any of it happening.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"

namespace relay {

struct SetupOutlook {
  std::vector<std::string> statements{};  // Would run, in this order. Empty: all is there.
  std::vector<Error> obstacles{};         // In the way, each with what to type as its hint.
};

}  // namespace relay
