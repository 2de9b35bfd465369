// StageSet: the stages of one stream with the queues between them, without threads. A thread each
// drives them in Pipeline; one loop with virtual time drives them in the simulation.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "apply/sink.h"
#include "checkpoint/checkpoint_store.h"
#include "mapping/table_map.h"
#include "pipeline/apply_stage.h"
#include "pipeline/assemble_stage.h"
#include "pipeline/oplog_stage.h"
#include "pipeline/progress.h"
#include "pipeline/read_stage.h"
#include "pipeline/snapshot_board.h"
#include "pipeline/snapshot_stage.h"
#include "source/change_source.h"

namespace relay {

// The outside of a pipeline. All outlive it.
struct Seams {
  ChangeSource& source;
  Sink& sink;
  CheckpointStore& store;
  Clock& clock;
  TableMap& tables;
};

struct PipelineOptions {
  std::string stream = "default";
  StartSetting start;
  RunMode mode = RunMode::until_stopped;
  BatchLimits limits;
  std::size_t reply_bytes_max =
      2U << 20U;  // Replies that wait to be assembled; exceeded by one reply at most.
  std::chrono::milliseconds await{500};  // Longest wait of one read when nothing happens.
  PositionLost on_position_lost = PositionLost::repair;
  SnapshotOptions snapshot;
  std::uint64_t dead_letters_max = 1'000;
  Clock::Duration lease = std::chrono::seconds(5);
  bool waits_as_standby = false;  // While another relay holds the lease, instead of leaving.
  std::optional<Clock::Duration> source_outage_max;  // nullopt: wait for the server for ever.
  std::optional<Clock::Duration> target_outage_max;
};

struct StageSet {
  StageSet(const Seams& seams, const PipelineOptions& options);
  StageSet(const StageSet&) = delete;
  StageSet& operator=(const StageSet&) = delete;

  // The first failure in the order of cause: a stage that fails makes the others finish.
  [[nodiscard]] std::optional<Error> failure() const;

  Doorbell bell;
  Control control{bell};
  Progress progress;
  SnapshotBoard board;
  StartQueue start{1, bell};
  ReplyQueue replies;
  ChunkQueue chunks;
  BatchQueue batches{1, bell};  // One batch waits while another is applied.
  ReadStage read;
  AssembleStage assemble;
  ApplyStage apply;
  std::deque<SnapshotStage> snapshots;  // One for each lane.
  OplogStage oplog;
};

}  // namespace relay
