// What no single setting can be checked for: which ones a run needs, and values with a form of
// their own.
#pragma once

#include "config/load.h"
#include "config/problems.h"

namespace relay {

// Also fills Settings::unverified.
void check_settings(LoadedSettings& loaded, const LoadRequest& request, Problems& problems);

}  // namespace relay
