#include "pipeline/oplog_runway.h"

#include <algorithm>
#include <cmath>

namespace relay {
namespace {

constexpr double kForgetSeconds = 120;

// Two or three looks: one burst of writes is no rate.
constexpr double kMeasuredSecondsMin = 20;

// An oplog that is not full is young. Its average says nothing before this.
constexpr double kYoungSeconds = 300;

constexpr double kSecondsMax = 365.0 * 86'400;

// Entries differ in size, so rates that are this close are the same.
constexpr double kSameShare = 0.9;

double seconds_between(ClusterTime from, ClusterTime to) {
  return static_cast<double>(to.seconds) - static_cast<double>(from.seconds);
}

double span_of(const OplogFacts& oplog) {
  return std::max(seconds_between(oplog.first, oplog.last), 1.0);
}

// Bytes of a second of the oplog.
double density_of(const OplogFacts& oplog) {
  return static_cast<double>(oplog.bytes) / span_of(oplog);
}

double ahead_of(const OplogFacts& oplog, ClusterTime position) {
  const double room =
      std::max(static_cast<double>(oplog.bytes_max) - static_cast<double>(oplog.bytes), 0.0);
  const double older = seconds_between(oplog.first, position);
  if (older < 0) return 0;  // Gone already.
  return room + density_of(oplog) * std::min(older, span_of(oplog));
}

}  // namespace

void RecentRate::add(double amount, double seconds) {
  measured_seconds_ += seconds;
  // In the beginning the plain mean: there is nothing to forget yet.
  const double weight =
      std::max(1 - std::exp(-seconds / kForgetSeconds), seconds / measured_seconds_);
  rate_ += weight * (amount / seconds - rate_);
}

std::optional<double> RecentRate::per_second() const {
  if (measured_seconds_ < kMeasuredSecondsMin) return std::nullopt;
  return rate_;
}

void OplogRunway::measure(const Look& next) {
  const double seconds = std::chrono::duration<double>(next.at - last_->at).count();
  if (seconds <= 0 || next.oplog.first < last_->oplog.first) return;
  const double added =
      static_cast<double>(next.oplog.bytes) - static_cast<double>(last_->oplog.bytes);
  const double gone =
      std::min(density_of(last_->oplog) * seconds_between(last_->oplog.first, next.oplog.first),
               static_cast<double>(last_->oplog.bytes));
  growth_.add(std::max(added + gone, 0.0), seconds);
  const double moved = seconds_between(last_->position, next.position);
  drain_.add(std::max(density_of(next.oplog) * moved, 0.0), seconds);
}

std::optional<double> OplogRunway::growth_of(const OplogFacts& oplog) const {
  const std::optional<double> recent = growth_.per_second();
  const double average = density_of(oplog);
  if (oplog.is_full()) return std::max(recent.value_or(0), average);
  if (recent) return recent;
  return span_of(oplog) >= kYoungSeconds ? std::optional(average) : std::nullopt;
}

OplogRunway::Estimate OplogRunway::look(const OplogFacts& oplog,
                                        ClusterTime position,
                                        Clock::TimePoint now) {
  const Look next{oplog, position, now};
  if (last_) measure(next);
  last_ = next;
  estimate_ = {};
  estimated_at_ = now;
  const std::optional<double> growth = growth_of(oplog);
  if (!growth) return estimate_;
  const double ahead = ahead_of(oplog, position);
  estimate_.growth = *growth;
  estimate_.seconds = ahead >= *growth * kSecondsMax ? kSecondsMax : ahead / *growth;
  const std::optional<double> recent = growth_.per_second();
  const std::optional<double> drain = drain_.per_second();
  estimate_.drain = drain.value_or(0);
  estimate_.is_shrinking = recent && drain && *drain < kSameShare * *recent;
  return estimate_;
}

OplogRunway::Estimate OplogRunway::miss(Clock::TimePoint now) {
  last_.reset();
  Estimate now_left = estimate_;
  if (now_left.seconds && *now_left.seconds < kSecondsMax) {
    const double passed = std::chrono::duration<double>(now - estimated_at_).count();
    now_left.seconds = std::max(*now_left.seconds - passed, 0.0);
  }
  return now_left;
}

}  // namespace relay
