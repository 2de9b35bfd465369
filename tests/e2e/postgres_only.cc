#include "e2e/postgres_only.h"

#include <array>
#include <string_view>

namespace relay {
namespace {

struct Exception {
  std::string_view part;  // Of the test's full name.
  std::string_view why;
};

constexpr std::string_view kHangs =
    "CrateDB is given more than a minute for an answer: a missing shard takes that long";

constexpr std::array kExceptions = {
    Exception{"CheckpointTest.", "crate_main_path_test.cc moves and forgets positions there"},
    Exception{"EvolveTest.", "crate_evolve_test.cc has the like"},
    Exception{"LeaseTest.", "tests/apply/crate_lease_test.cc"},
    Exception{"MainPathTest.ATransactionAppearsWhole", "CrateDB has no transactions"},
    Exception{"OutageTest.ATargetThatHangsIsTriedAgain", kHangs},
    Exception{"SignalTest.ItIsObeyedWhileTheTargetHangs", kHangs},
    Exception{"RefusalTest.", "roles and rights, which the stand-in does not have"},
    Exception{"ServiceTest.", "what a service manager is told does not depend on the target"},
    Exception{"SettingsTest.", "nor does what is made of settings"},
    Exception{"DeadLetterTest.ARunningRelayGoesOnBesideARetry",
              "on CrateDB a retry needs the relay to be stopped, as a test of its own says"},
};

}  // namespace

std::string why_postgres_only(const std::string& test) {
  for (const Exception& exception : kExceptions) {
    if (test.find(exception.part) != std::string::npos) return std::string(exception.why);
  }
  return "";
}

}  // namespace relay
