// The settings in force, as a TOML file whose comments say where each value came from. Secrets are
// hidden, so the text may be shown to anybody.
#pragma once

#include <string>

#include "config/load.h"

namespace relay {

std::string render_settings(const LoadedSettings& loaded);

}  // namespace relay
