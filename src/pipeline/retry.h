// Retry: turns an error into "again after this delay" or "stop", as error_policy says. The only
// user of Backoff; each stage owns one for the server it talks to.
#pragma once

#include <optional>
#include <string_view>

#include "core/backoff.h"
#include "core/clock.h"
#include "core/error.h"

namespace relay {

// How long failing attempts may go on.
struct Patience {
  // Give up when attempts have failed for this long; nullopt: never (a service waits for its
  // servers).
  std::optional<Clock::Duration> outage_max;
  // How long another relay's lease can last without being renewed.
  Clock::Duration lease_max{};
  bool waits_as_standby = false;  // For that lease, however often it is renewed.
};

class Retry {
 public:
  // `side` names the server in logs: "source", "target". `salt` tells the users of one server
  // apart, so that they do not come back at the same moment. `clock` outlives this.
  Retry(std::string_view side, Patience patience, std::uint64_t salt, Clock& clock);

  // nullopt: stop; else wait for this long and try again. Logs the error once, with the decision.
  std::optional<Clock::Duration> on_error(const Error& error);

  // The server did what it was asked. Logs the end of an outage.
  void on_success();

 private:
  [[nodiscard]] std::optional<Clock::Duration> decide(const Error& error, Clock::Duration outage);

  std::string_view side_;
  Patience patience_;
  Backoff backoff_;
  Clock& clock_;
  std::optional<Clock::TimePoint> failing_since_;
  // The last error was another relay's lease, and nothing else is wrong.
  bool is_standing_by_ = false;
  // In a row: any other trouble in between begins anew.
  int unclassified_count_ = 0;
  std::optional<Clock::TimePoint> starting_since_;
};

}  // namespace relay
