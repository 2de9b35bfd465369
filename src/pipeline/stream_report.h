// What a stream shows of itself: RelayReport's part of it, made from the progress of its pipeline.
#pragma once

#include <string>

#include "core/clock.h"
#include "observe/relay_report.h"
#include "pipeline/pipeline.h"

namespace relay {

// How long a thread may be in one step. A read that skips foreign entries gives no sign of life for
// as long as that takes (20 s seen for 6 million), an apply for as long as a statement may.
struct BeatLimits {
  Clock::Duration reading = std::chrono::minutes(10);
  Clock::Duration applying = std::chrono::minutes(3);
};

// Any thread. `wall_now` is for the lag, `now` for ages.
StreamReport make_stream_report(const std::string& name, Pipeline& pipeline, Clock& clock);

// Adds the stream's threads, counters and connections to the relay's, and its state to the relay's
// when it is the more important one.
void add_stream(RelayReport& report,
                const std::string& name,
                Pipeline& pipeline,
                const BeatLimits& limits,
                Clock& clock);

}  // namespace relay
