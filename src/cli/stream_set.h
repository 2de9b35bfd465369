// StreamSet: the streams of a relay, side by side: started, watched, steered and shown together.
//
//   start -> look, again and again -> (drain) -> is_over
//
// A stream that fails ends alone; the others go on, and the relay ends with the first one's exit
// code. With ha.enabled a stream that has lost its lease is made anew instead, and waits for the
// lease as a standby: what the old one had read and not written is somebody else's by now.
//
// Threads: the main thread owns it; report() and what steers may be called from any thread.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/progress_report.h"
#include "cli/stream_run.h"
#include "config/settings.h"
#include "core/guarded.h"
#include "observe/relay_report.h"
#include "pipeline/stream_report.h"
#include "server/relay_face.h"

namespace relay {

class StreamSet {
 public:
  // `settings` and the links outlive it. Connects to nobody. config_invalid: the mapping or a
  // connection string.
  static Result<std::unique_ptr<StreamSet>> make(const Settings& settings,
                                                 RunMode mode,
                                                 const std::string& owner,
                                                 StreamRun::Links links);

  void start();
  void drain();

  // Several times a second: streams that have ended.
  void look();
  [[nodiscard]] bool is_over() const { return ended_.size() == size_; }
  [[nodiscard]] const std::optional<Error>& first_failure() const { return first_failure_; }

  [[nodiscard]] std::size_t size() const { return size_; }
  ProgressSum sum_up();
  void log_end();

  RelayReport report();
  SteerAnswer set_paused(bool is_paused);
  SteerAnswer request_snapshot(const std::string& table);

 private:
  using Streams = std::vector<std::unique_ptr<StreamRun>>;

  StreamSet(const Settings& settings, RunMode mode, std::string owner, StreamRun::Links links);
  Result<std::unique_ptr<StreamRun>> make_stream(const std::string& name);
  void take_failure(StreamRun& stream, const Error& failure);
  Status stand_by(StreamRun& stream);

  const Settings& settings_;
  RunMode mode_;
  std::string owner_;
  StreamRun::Links links_;
  BeatLimits limits_;
  Guarded<Streams> streams_;
  std::size_t size_ = 0;
  std::set<std::string> ended_;
  std::optional<Error> first_failure_;
  bool is_draining_ = false;
};

}  // namespace relay
