// The one place that turns an error into an action. Everything else carries the error here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/exit_codes.h"

namespace relay {

enum class Action : std::uint8_t {
  retry,           // Again, with back-off, for as long as it takes.
  retry_few,       // Again, with back-off, kRetriesFew times in a row; then stop.
  retry_start,     // Again, with back-off, for kStartMax of nothing else; then stop.
  reopen_at_time,  // Open the stream at the position's cluster time; a second time in a row:
                   // position lost.
  leave_out,   // Open the stream behind the last reply with less of each event, just to pass the
               // one that is too large; stop when nothing is left to leave out.
  resnapshot,  // Open the stream anew and copy the tables again, unless the settings say stop.
  wait_for_lease,  // Again until the other relay's lease would have ended unless renewed; then
                   // stop.
  isolate_row,     // Find the guilty row and write it as a dead letter.
  stop,            // End the program with the exit code.
};

// Attempts in a row without progress before an unclassified error stops the relay: with back-off
// about a minute, longer than an election and shorter than anybody's patience.
inline constexpr int kRetriesFew = 8;

// A server that takes clients knows its tables after two seconds, and after some more when the
// machine is busy.
inline constexpr std::chrono::seconds kStartMax{60};

struct Policy {
  Action action = Action::stop;
  ExitCode exit = ExitCode::bug;  // Used when the action is, or ends in, stop.
  std::string_view hint;          // What to try, when the error itself brings no hint.
};

Policy policy_for(ErrorKind kind);

}  // namespace relay
