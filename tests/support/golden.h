// Files with the text that is expected. RELAY_UPDATE_GOLDEN=1 writes them again instead of
// comparing; look at the difference before keeping it.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace relay {

// `path`: below the root of the repository. The expected text; empty when there is no such file.
inline std::string golden_text(const std::string& path, const std::string& actual) {
  const std::string whole = std::string(RELAY_SOURCE_DIR) + "/" + path;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read it before they start threads.
  if (std::getenv("RELAY_UPDATE_GOLDEN") != nullptr) std::ofstream(whole) << actual;
  std::ostringstream text;
  text << std::ifstream(whole).rdbuf();
  return text.str();
}

}  // namespace relay
