// Running a workload from beginning to end.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "workload/digest.h"
#include "workload/workload_options.h"
#include "workload/workload_progress.h"

namespace relay {

struct WorkloadSummary {
  struct Collection {
    std::string name;             // "workload.orders"
    Digest expected;              // From the model.
    std::optional<Digest> found;  // From the collection itself, when that was asked for.
  };

  WorkloadCounts counts;
  Clock::Duration duration{};  // Of the writing alone.
  std::vector<Collection> collections;

  // False only when a collection was read back and is not what it should be.
  [[nodiscard]] bool is_as_expected() const {
    for (const Collection& collection : collections) {
      if (collection.found && *collection.found != collection.expected) return false;
    }
    return true;
  }
};

// Returns when all writers have ended: by themselves, or after the batch in flight once stop is
// requested. Waits for a source that is away, at the start too. A failure of one writer ends the
// others. `progress` and `clock` are used from several threads.
Result<WorkloadSummary> run_workload(const WorkloadOptions& options,
                                     const Secret& source_uri,
                                     WorkloadProgress& progress,
                                     Clock& clock,
                                     const std::stop_token& stop);

}  // namespace relay
