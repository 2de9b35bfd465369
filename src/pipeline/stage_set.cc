#include "pipeline/stage_set.h"

namespace relay {
namespace {

Patience patience_of(const std::optional<Clock::Duration>& outage_max,
                     const PipelineOptions& options) {
  return {.outage_max = outage_max, .lease_max = options.lease};
}

}  // namespace

StageSet::StageSet(const Seams& seams, const PipelineOptions& options)
    : replies(options.reply_bytes_max, bell),
      read({.source = seams.source,
            .start = start,
            .replies = replies,
            .control = control,
            .progress = progress,
            .clock = seams.clock},
           options.mode,
           patience_of(options.source_outage_max, options)),
      assemble({.source = seams.source,
                .tables = seams.tables,
                .replies = replies,
                .batches = batches,
                .control = control,
                .progress = progress,
                .clock = seams.clock},
               options.limits,
               options.target,
               patience_of(options.source_outage_max, options)),
      apply({.sink = seams.sink,
             .store = seams.store,
             .start = start,
             .batches = batches,
             .control = control,
             .progress = progress,
             .clock = seams.clock},
            {.stream = options.stream,
             .start = options.start,
             .tables = seams.tables.known(),
             .lease = options.lease,
             .patience = patience_of(options.target_outage_max, options)}) {}

std::optional<Error> StageSet::failure() const {
  if (const Error* error = apply.failure()) return *error;
  if (const Error* error = assemble.failure()) return *error;
  if (const Error* error = read.failure()) return *error;
  return std::nullopt;
}

}  // namespace relay
