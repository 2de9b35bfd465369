// Pipeline: one stream with a thread for each stage.
//
//   start -> (drain -> drained | a stage fails) -> is_finished
//
// The threads are named relay-read, relay-plan, relay-apply, relay-snapshot (as many as there are
// lanes) and relay-cancel (the last one only sees to it that a read that takes long ends when a
// stop is asked for).
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/guarded.h"
#include "pipeline/stage_set.h"

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

  // Copies a table again. False: the stream has no such table.
  bool request_snapshot(const std::string& table);

 private:
  template <class Stage>
  void start_thread(const char* name, Stage& stage);
  void cancel_long_read(const std::stop_token& stop);

  Seams seams_;
  StageSet stages_;
  Guarded<std::optional<Error>> barrier_;
  std::atomic<int> running_ = 0;
  std::atomic<bool> has_stage_ended_ = false;
  std::atomic<bool> is_reading_ = false;
  bool has_started_ = false;
  std::vector<std::jthread> threads_;  // Last: joined first.
};

}  // namespace relay
