// RelayFace: what the HTTP server may see and ask of the relay. Everything behind it belongs to the
// pipeline; the server reaches no connection and no state file.
//
// The functions are called on the server's thread and return at once: a report is a copy, and a
// wish is only written down.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "observe/relay_report.h"

namespace relay {

enum class SteerOutcome : std::uint8_t {
  accepted,       // It will happen; or is so already.
  unknown_table,  // No table of that name in the target.
  refused,        // Not now: the relay is stopping, or is a standby.
};

struct SteerAnswer {
  SteerOutcome outcome = SteerOutcome::accepted;
  std::string reason;  // Of a refusal, for the user.
};

struct RelayFace {
  std::function<RelayReport()> report;
  std::function<SteerAnswer()> pause;
  std::function<SteerAnswer()> resume;
  std::function<SteerAnswer(const std::string& table)> snapshot;  // `table`: the target's name.
};

}  // namespace relay
