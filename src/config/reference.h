// The settings explained, printed from the tables in fields.cc: `relay config reference`.
#pragma once

#include <string>

namespace relay {

// docs/configuration.md
std::string render_reference_markdown();

// examples/relay.toml: what must be given is given, everything else is a comment with its default.
std::string render_reference_toml();

}  // namespace relay
