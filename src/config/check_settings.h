// What no single setting can be checked for: which ones a run needs, and values with a form of
// their own.
#pragma once

#include "config/load.h"
#include "config/problems.h"

namespace relay {

void check_settings(const LoadedSettings& loaded, Purpose purpose, Problems& problems);

}  // namespace relay
