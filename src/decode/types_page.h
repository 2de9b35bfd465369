// docs/types.md: what fits into which column, as people read it.
#pragma once

#include <string>

namespace relay {

// Markdown, printed from the fit table.
std::string render_types_page();

}  // namespace relay
