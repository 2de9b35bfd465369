// OplogStage: watches how far the source's oplog reaches back behind the stored position.
//
//   every ten seconds, while the source is connected: look at the oplog, estimate the runway
//   tell it to Progress            for status and metrics, and for the lanes of snapshots
//   log when it falls below an hour and below ten minutes, once each, and when that is over
//
// It never fails: a runway that cannot be known is not known. Its source connection is its own, so
// that the stream does not notice.
#pragma once

#include <cstdint>
#include <string>

#include "pipeline/oplog_runway.h"
#include "pipeline/progress.h"
#include "pipeline/read_stage.h"
#include "pipeline/stage.h"
#include "source/change_source.h"

namespace relay {

class OplogStage {
 public:
  struct Links {  // All outlive the stage.
    ChangeSource& source;
    const ReplyQueue& replies;
    Control& control;
    Progress& progress;
    Clock& clock;
  };

  OplogStage(Links links, std::string stream) : links_(links), stream_(std::move(stream)) {}

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const { return look_at_; }

 private:
  enum class Alarm : std::uint8_t { none, hour, ten_minutes };

  [[nodiscard]] OplogRunway::Estimate look(ClusterTime position, Clock::TimePoint now);
  void say_unknown(const char* reason);
  void tell(const OplogRunway::Estimate& estimate);
  void raise_alarm(const OplogRunway::Estimate& estimate);

  Links links_;
  std::string stream_;
  OplogRunway runway_;
  Clock::TimePoint look_at_{};
  Alarm alarm_ = Alarm::none;
  bool is_yielding_ = false;
  bool has_said_unknown_ = false;
};

}  // namespace relay
