#include "e2e/crate_target.h"

#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "crate_double/real_crate.h"
#include "e2e/pg_session.h"

namespace relay {
namespace {

// Between its start and its tables a server answers in this many ways that it knows none.
constexpr int kUnknownAfterStart = 3;

}  // namespace

bool CrateTarget::is_chosen() {
  const char* name = std::getenv("RELAY_TEST_TARGET");
  return name != nullptr && std::string_view(name) == "cratedb";
}

CrateTarget::CrateTarget(const std::string& postgres_uri) {
  if (!RealCrate::is_given()) {
    stand_in_ = std::make_unique<CrateDouble>(CrateDouble::Options{
        .backend_uri = postgres_uri, .unknown_after_start = kUnknownAfterStart});
    return;
  }
  PgSession session(uri("postgresql"), Dialect::cratedb);
  for (const char* schema : {"relay", "sales"})
    session.drop_tables(schema);
}

std::string CrateTarget::uri(const std::string& scheme) const {
  return is_real() ? RealCrate::uri(scheme) : stand_in_->uri(scheme);
}

void CrateTarget::kill() {
  if (!is_real()) return stand_in_->kill();
  if (RealCrate::ours() == nullptr)
    throw std::runtime_error("this CrateDB is somebody else's: RELAY_TEST_CRATEDB_HOME may die");
  RealCrate::ours()->kill();
}

void CrateTarget::restart() {
  if (is_real()) {
    RealCrate::ours()->start();
  } else {
    stand_in_->start();
  }
}

}  // namespace relay
