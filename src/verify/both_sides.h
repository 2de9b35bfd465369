// Reads a collection and its table at the same time, each in a thread of its own, so that a
// comparison takes as long as the slower side.
#pragma once

#include <cstdint>
#include <functional>

#include "verify/source_rows.h"
#include "verify/target_rows.h"

namespace relay {

struct ScanVisits {
  SourceRows::Visit on_document;                 // In the calling thread.
  std::function<void(const TargetRow&)> on_row;  // In another one, at the same time.
};

// How much was read so far.
using ScanProgress = std::function<void(std::uint64_t documents, std::uint64_t rows)>;

// An error of one side ends the other one soon.
Status scan_both(SourceRows& source,
                 TargetRows& target,
                 const ScanVisits& visits,
                 const ScanProgress& progress);

}  // namespace relay
