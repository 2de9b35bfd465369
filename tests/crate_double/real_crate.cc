#include "crate_double/real_crate.h"

#include <cstdlib>
#include <memory>

namespace relay {
namespace {

std::string setting(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

std::string given_uri() {
  return setting("RELAY_TEST_CRATEDB_URI");
}

}  // namespace

CrateServer* RealCrate::ours() {
  static const std::unique_ptr<CrateServer> server = [] {
    const std::string home = setting("RELAY_TEST_CRATEDB_HOME");
    return home.empty() || !given_uri().empty() ? nullptr : std::make_unique<CrateServer>(home);
  }();
  return server.get();
}

bool RealCrate::is_given() {
  return !given_uri().empty() || ours() != nullptr;
}

std::string RealCrate::uri(const std::string& scheme) {
  return given_uri().empty() ? ours()->uri(scheme) : given_uri();
}

}  // namespace relay
