#include "e2e/postgres_only.h"

#include <array>
#include <string_view>

namespace relay {
namespace {

struct Exception {
  std::string_view part;  // Of the test's full name.
  std::string_view why;
};

constexpr std::array kExceptions = {
    Exception{"SnapshotTest.AKilledSnapshotGoesOnWhereItWas",
              "progress lies in the transaction of its rows; on CrateDB it is behind them"},
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
