// Pipeline: one stream with a thread for each stage.
//
//   start -> (drain -> drained | a stage fails) -> is_finished
//
// The threads are named relay-read, relay-plan, relay-apply, relay-oplog, relay-snapshot (as many
// as there are lanes) and relay-cancel (the last one only sees to it that waits have an end: reads
// that take long when a stop is asked for, and those for a source that will not answer any more).
#pragma once

#include <atomic>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/guarded.h"
#include "pipeline/stage_set.h"
#include "pipeline/stage_thread.h"

namespace relay {

class Pipeline {
 public:
  // What the seams refer to outlives the pipeline.
  Pipeline(const Seams& seams, const PipelineOptions& options);
  // Stops, if that has not happened yet, and waits for the threads.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Once.
  void start();

  // Reads nothing more, applies what was read, stores the position, hands the lease back.
  void drain() { stages_.control.drain(); }

  // True when every stage has ended.
  [[nodiscard]] bool is_finished() const { return running_ == 0 && has_started_; }

  // Why it ended; nullopt: drained, or caught up. Valid when finished.
  [[nodiscard]] std::optional<Error> failure() const;

  [[nodiscard]] ProgressSnapshot progress() const { return stages_.progress.snapshot(); }
  [[nodiscard]] std::vector<SnapshotReport> snapshots() { return stages_.board.report(); }

  // Of each thread, by name.
  struct Beat {
    std::string name;
    Clock::TimePoint at;
  };
  [[nodiscard]] std::vector<Beat> beats() const;
  [[nodiscard]] std::size_t queue_bytes() const {
    return stages_.replies.weight() + stages_.chunks.weight() + stages_.batches.weight();
  }

  // Applies nothing until resumed; what is read waits in the queues.
  void set_paused(bool is_paused) { stages_.control.set_paused(is_paused); }
  [[nodiscard]] bool is_paused() const { return stages_.control.is_paused(); }
  [[nodiscard]] bool is_draining() const { return stages_.control.is_draining(); }

  // Copies a table again. False: the stream has no such table.
  bool request_snapshot(const std::string& table);

 private:
  struct Life {
    std::string name;
    Heartbeat heartbeat;
  };

  template <class Stage>
  void start_thread(Life& life, Stage& stage);
  void end_long_waits(const std::stop_token& stop);

  Seams seams_;
  StageSet stages_;
  std::deque<Life> lives_;  // Filled before the first thread starts.
  Guarded<std::optional<Error>> barrier_;
  std::atomic<int> running_ = 0;
  std::atomic<bool> has_stage_ended_ = false;
  bool has_started_ = false;
  std::vector<std::jthread> threads_;  // Last: joined first.
};

}  // namespace relay
