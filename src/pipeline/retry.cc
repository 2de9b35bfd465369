#include "pipeline/retry.h"

#include "core/error_policy.h"
#include "observe/log.h"

namespace relay {
namespace {

// Slack beyond the lease: the holder's last renewal may be on its way when we first ask.
constexpr std::chrono::seconds kLeaseSlack{1};
constexpr std::chrono::milliseconds kLeasePoll{200};

double to_seconds(Clock::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Seeds only spread the back-off of several relays; any value does.
std::uint64_t seed_from(Clock& clock, std::uint64_t salt) {
  return static_cast<std::uint64_t>(clock.wall_now().time_since_epoch().count()) * (2 * salt + 1);
}

}  // namespace

Retry::Retry(std::string_view side, Patience patience, std::uint64_t salt, Clock& clock)
    : side_(side), patience_(patience), backoff_(seed_from(clock, salt)), clock_(clock) {}

std::optional<Clock::Duration> Retry::decide(const Error& error, Clock::Duration outage) {
  const Action action = policy_for(error.kind).action;
  unclassified_count_ = action == Action::retry_few ? unclassified_count_ + 1 : 0;
  if (action != Action::retry_start) starting_since_.reset();
  switch (action) {
    case Action::retry:
    case Action::reopen_at_time:
      if (patience_.outage_max && outage >= *patience_.outage_max) return std::nullopt;
      return backoff_.next();
    case Action::retry_few:
      if (patience_.outage_max && outage >= *patience_.outage_max) return std::nullopt;
      if (unclassified_count_ > kRetriesFew) return std::nullopt;
      return backoff_.next();
    case Action::retry_start:
      if (patience_.outage_max && outage >= *patience_.outage_max) return std::nullopt;
      if (!starting_since_) starting_since_ = clock_.now();
      if (clock_.now() - *starting_since_ >= kStartMax) return std::nullopt;
      return backoff_.next();
    case Action::wait_for_lease:
      if (patience_.waits_as_standby) return kLeasePoll;
      if (outage > patience_.lease_max + kLeaseSlack) return std::nullopt;
      return kLeasePoll;
    case Action::isolate_row:
    case Action::leave_out:
    case Action::resnapshot:
    case Action::stop:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Clock::Duration> Retry::on_error(const Error& error) {
  const Clock::TimePoint now = clock_.now();
  const bool is_first = !failing_since_.has_value();
  if (is_first) failing_since_ = now;
  const std::optional<Clock::Duration> delay = decide(error, now - *failing_since_);
  if (!delay) return std::nullopt;
  const bool is_lease = policy_for(error.kind).action == Action::wait_for_lease;
  const bool is_standby = is_lease && patience_.waits_as_standby;
  if (is_standby) {
    if (!is_standing_by_)
      log_info("another relay leads the stream, standing by", {{"error", error.message}});
    failing_since_.reset();  // Nothing is wrong.
    backoff_.reset();
  } else if (is_first || !is_lease) {
    log_warn(is_lease ? "stream is held by another relay, waiting for its lease to end"
                      : "trouble, trying again",
             {{"side", side_},
              {"kind", format_kind(error.kind)},
              {"error", error.message},
              {"attempt", backoff_.attempts()},
              {"delay_seconds", to_seconds(*delay)}});
  }
  is_standing_by_ = is_standby;
  return delay;
}

void Retry::on_success() {
  if (failing_since_) {
    log_info("trouble is over",
             {{"side", side_}, {"outage_seconds", to_seconds(clock_.now() - *failing_since_)}});
    failing_since_.reset();
  }
  backoff_.reset();
  unclassified_count_ = 0;
  starting_since_.reset();
  is_standing_by_ = false;
}

}  // namespace relay
