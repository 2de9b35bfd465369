#include "cli/workload_report.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

namespace relay {

namespace {

double to_seconds(Clock::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string format_rounded(double value) {
  return std::to_string(std::llround(value));
}

}  // namespace

std::string WorkloadReport::time_left(std::uint64_t done, Clock::TimePoint now) const {
  std::optional<double> left;
  const double elapsed = to_seconds(now - start_);
  if (options_.duration.count() > 0) {
    left = std::max(0.0, to_seconds(options_.duration) - elapsed);
  }
  if (options_.operation_count > done && done > start_count_) {
    const auto rest = static_cast<double>(options_.operation_count - done);
    const double by_count = rest * elapsed / static_cast<double>(done - start_count_);
    left = left ? std::min(*left, by_count) : by_count;
  }
  return left ? ", " + format_rounded(std::ceil(*left)) + " s left" : "";
}

std::string WorkloadReport::line(const WorkloadCounts& counts, Clock::TimePoint now) {
  const std::uint64_t done = counts.total();
  const double seconds = to_seconds(now - rated_at_);
  if (seconds >= 1) {
    rate_ = static_cast<double>(done - rated_count_) / seconds;
    rated_at_ = now;
    rated_count_ = done;
  }
  std::string text = "operations " + std::to_string(done);
  if (options_.operation_count > 0) text += " of " + std::to_string(options_.operation_count);
  return text + ", " + format_rounded(rate_) + "/s" + time_left(done, now);
}

std::string format_summary(const WorkloadSummary& summary) {
  const WorkloadCounts& counts = summary.counts;
  const double seconds = to_seconds(summary.duration);
  const double rate = seconds > 0 ? static_cast<double>(counts.total()) / seconds : 0;
  char duration[32];
  std::snprintf(duration, sizeof duration, "%.3f", seconds);
  std::string text = "operations=" + std::to_string(counts.total()) +
                     " inserts=" + std::to_string(counts.insert_count) +
                     " updates=" + std::to_string(counts.update_count) +
                     " replaces=" + std::to_string(counts.replace_count) +
                     " deletes=" + std::to_string(counts.delete_count) + " seconds=" + duration +
                     " rate=" + format_rounded(rate) + "\n";
  for (const WorkloadSummary::Collection& collection : summary.collections) {
    text += collection.name + " digest=" + format_digest(collection.expected);
    if (collection.found) {
      text += *collection.found == collection.expected
                  ? " verify=equal"
                  : " verify=differs found=" + format_digest(*collection.found);
    }
    text += "\n";
  }
  return text;
}

}  // namespace relay
