#include "pipeline/stage_set.h"

namespace relay {
namespace {

Patience patience_of(const std::optional<Clock::Duration>& outage_max,
                     const PipelineOptions& options) {
  return {.outage_max = outage_max,
          .lease_max = options.lease,
          .waits_as_standby = options.waits_as_standby};
}

}  // namespace

StageSet::StageSet(const Seams& seams, const PipelineOptions& options)
    : replies(options.reply_bytes_max, bell),
      chunks(options.snapshot.chunk_bytes, bell),
      read({.source = seams.source,
            .start = start,
            .replies = replies,
            .control = control,
            .progress = progress,
            .board = board,
            .clock = seams.clock},
           {.mode = options.mode,
            .await = options.await,
            .on_position_lost = options.on_position_lost,
            .patience = patience_of(options.source_outage_max, options)}),
      assemble({.source = seams.source,
                .sink = seams.sink,
                .tables = seams.tables,
                .board = board,
                .replies = replies,
                .chunks = chunks,
                .batches = batches,
                .control = control,
                .progress = progress,
                .clock = seams.clock},
               {.limits = options.limits,
                .takes_snapshots = options.start.takes_snapshots,
                .source_patience = patience_of(options.source_outage_max, options),
                .target_patience = patience_of(options.target_outage_max, options)}),
      apply({.sink = seams.sink,
             .store = seams.store,
             .start = start,
             .batches = batches,
             .board = board,
             .control = control,
             .progress = progress,
             .clock = seams.clock},
            {.stream = options.stream,
             .start = options.start,
             .tables = seams.tables.known(),
             .lease = options.lease,
             .dead_letters_max = options.dead_letters_max,
             .patience = patience_of(options.target_outage_max, options)}),
      oplog({.source = seams.source,
             .replies = replies,
             .control = control,
             .progress = progress,
             .clock = seams.clock},
            options.stream) {
  for (std::size_t lane = 0; lane < options.snapshot.parallel; ++lane) {
    snapshots.emplace_back(SnapshotStage::Links{.source = seams.source,
                                                .sink = seams.sink,
                                                .board = board,
                                                .chunks = chunks,
                                                .control = control,
                                                .progress = progress,
                                                .clock = seams.clock},
                           lane,
                           options.snapshot,
                           patience_of(options.source_outage_max, options),
                           patience_of(options.target_outage_max, options));
  }
}

std::optional<Error> StageSet::failure() const {
  if (const Error* error = apply.failure()) return *error;
  if (const Error* error = assemble.failure()) return *error;
  if (const Error* error = read.failure()) return *error;
  for (const SnapshotStage& lane : snapshots) {
    if (const Error* error = lane.failure()) return *error;
  }
  return std::nullopt;
}

}  // namespace relay
