// Failpoints: named places where a test cuts the program: kills it, makes the step fail, delays it,
// or cuts the connection of the step.
//
//   RELAY_FAILPOINT=postgres.commit.sent:abort:3     at the third time, and only then
//
// Only in a program built with RELAY_FAILPOINTS. In every other one a point is an empty inline
// function: neither a name nor a look at the environment is in it.
//
// Errors that a point raises are of kinds that its step may fail with anyway, and go where those
// go: core/error_policy.h decides.
//
// Threads: any.
#pragma once

#include <cstdint>

#include "core/result.h"

#ifdef RELAY_FAILPOINTS
#include <optional>
#include <span>
#include <string_view>
#endif

namespace relay {

// In the order of the data. What a point is called and what it can do: failpoint.cc.
enum class Failpoint : std::uint8_t {
  stream_open_before,
  stream_open_after,
  reply_before,
  reply_after,
  chunk_before,
  chunk_after,
  decode_before,
  decode_after,
  look_up_before,
  look_up_after,
  postgres_books_before,
  postgres_books_sent,
  postgres_claim_before,
  postgres_claim_after,
  postgres_table_before,
  postgres_table_sent,
  postgres_begin_before,
  postgres_begin_sent,
  postgres_position_sent,
  postgres_rows_before,
  postgres_rows_sent,
  postgres_copy_before,
  postgres_copy_data,
  postgres_copy_after,
  postgres_letters_before,
  postgres_letters_sent,
  postgres_snapshot_before,
  postgres_snapshot_sent,
  postgres_commit_before,
  postgres_commit_sent,
  postgres_commit_answered,
  postgres_renew_before,
  postgres_renew_after,
  crate_claim_before,
  crate_claim_after,
  crate_table_before,
  crate_table_after,
  crate_round_before,
  crate_round_sent,
  crate_round_answered,
  crate_rows_written,
  crate_letter_before,
  crate_letter_after,
  crate_position_before,
  crate_position_after,
  crate_snapshot_before,
  crate_snapshot_after,
  crate_renew_before,
  crate_renew_after,
  store_write_before,
  store_commit_before,
  store_commit_after,
  stop_requested,
  stop_draining,
  stop_saved,
  stop_release_before,
  stop_release_after,
  stop_ended,
};

#ifdef RELAY_FAILPOINTS

inline constexpr bool kHasFailpoints = true;

enum class FailAction : std::uint8_t {
  abort,      // The process is gone at once, as by kill -9.
  retryable,  // The step fails in a way that the policy repeats.
  fatal,      // The step fails in a way that ends the program.
  delay,      // The step takes 300 ms longer.
  cut,        // The connection of the step is cut, without anybody being told.
};

// Whose step it is, and so which actions a point knows and which errors it raises.
enum class FailSide : std::uint8_t {
  nobody,  // Cannot fail: abort and delay only.
  source,
  decoder,  // Fails for good only.
  target,
  commit,  // Of the target; whether the batch is in cannot be said any more.
  store,   // Fails for good only.
};

struct FailpointInfo {
  Failpoint point = Failpoint::stream_open_before;
  std::string_view name;
  FailSide side = FailSide::nobody;
};

// In the order of the enumerators.
std::span<const FailpointInfo> all_failpoints();
bool knows_action(FailSide side, FailAction action);
std::string_view format_action(FailAction action);

// Counts, and does what RELAY_FAILPOINT asks for as far as it can be done here; says so on standard
// error. nullopt: nothing is left to be done.
std::optional<FailAction> reach(Failpoint point);
// What a point raises for `retryable` and `fatal`.
Error failpoint_error(Failpoint point, FailAction action);

// `cut`: cuts the connection at hand.
template <class Cut>
Status pass_or_fail(Failpoint point, const Cut& cut) {
  const std::optional<FailAction> action = reach(point);
  if (!action) return ok_status();
  if (*action != FailAction::cut) return failpoint_error(point, *action);
  cut();
  return ok_status();
}
inline Status pass_or_fail(Failpoint point) {
  return pass_or_fail(point, [] {});
}
inline void pass(Failpoint point) {
  static_cast<void>(reach(point));
}

#else

inline constexpr bool kHasFailpoints = false;

template <class Cut>
Status pass_or_fail(Failpoint /*point*/, const Cut& /*cut*/) {
  return ok_status();
}
inline Status pass_or_fail(Failpoint /*point*/) {
  return ok_status();
}
inline void pass(Failpoint /*point*/) {}

#endif

}  // namespace relay
