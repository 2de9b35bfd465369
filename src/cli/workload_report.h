// How a workload looks to whoever runs it: a line of progress while it writes, lines of name=value
// at the end. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/clock.h"
#include "workload/run_workload.h"
#include "workload/workload_options.h"

namespace relay {

// Says how far it is; makes a rate from one line to the next.
class WorkloadReport {
 public:
  // `done`: operations that were done already at the start of the measurement.
  WorkloadReport(const WorkloadOptions& options, std::uint64_t done, Clock::TimePoint start)
      : options_(options),
        start_(start),
        start_count_(done),
        rated_at_(start),
        rated_count_(done) {}

  // Whether there is a rate to show: a second has passed.
  [[nodiscard]] bool is_ready(Clock::TimePoint now) const {
    return now - start_ >= std::chrono::seconds(1);
  }

  // "operations 1200 of 5000, 600/s, 6 s left". What has no limit has no "left".
  std::string line(const WorkloadCounts& counts, Clock::TimePoint now);

 private:
  [[nodiscard]] std::string time_left(std::uint64_t done, Clock::TimePoint now) const;

  WorkloadOptions options_;
  Clock::TimePoint start_;
  std::uint64_t start_count_;
  // The rate shown is that of the last whole second, so that it can be read.
  Clock::TimePoint rated_at_;
  std::uint64_t rated_count_;
  double rate_ = 0;
};

// One line for all operations, then one for each collection.
std::string format_summary(const WorkloadSummary& summary);

}  // namespace relay
