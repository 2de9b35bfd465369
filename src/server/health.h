// Is the relay well, and is it ready? Pure functions of a report and the time.
#pragma once

#include <string>

#include "core/clock.h"
#include "observe/relay_report.h"

namespace relay {

struct Health {
  bool is_ok = true;
  std::string reason = "ok";  // One line.
};

// Not well: on the way out, or a thread gave no sign of life for longer than its limit. A relay
// that waits for a server is well: restarting it would change nothing.
Health judge_health(const RelayReport& report, Clock::TimePoint now);

// Ready: well, both sides connected, every stream that no other relay leads running and not paused.
Health judge_readiness(const RelayReport& report, Clock::TimePoint now);

}  // namespace relay
