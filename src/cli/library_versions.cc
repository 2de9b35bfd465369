#include "cli/library_versions.h"

#include <CLI/Version.hpp>

#include "config/sealed_value.h"
#include "config/toml_tree.h"
#include "observe/log.h"
#include "server/http_exchange.h"
#include "version.h"

namespace relay {

std::string format_version() {
  std::string text = std::string("relay ") + kVersion + " (git " + kGitDescription + ")\n";
  text += std::string("CLI11 ") + CLI11_VERSION + "\n";
  text += "spdlog " + log_library_version() + "\n";
  text += "toml11 " + toml_library_version() + "\n";
  text += "cpp-httplib " + http_library_version() + "\n";
  text += "libsodium " + sealing_library_version() + "\n";
  return text;
}

}  // namespace relay
