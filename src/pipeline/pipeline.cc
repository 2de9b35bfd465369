#include "pipeline/pipeline.h"

#include <pthread.h>
#include <utility>

#include "pipeline/stage_thread.h"

namespace relay {
namespace {

// A read that waits for changes ends by itself after source.await; one that skips foreign entries
// may take much longer, and is cancelled after this.
constexpr std::chrono::seconds kReadGrace{2};

// What is applied when a stop is asked for may be finished; a target that is silent does not hold
// the stop for as long as a statement may take.
constexpr std::chrono::seconds kApplyGrace{15};

// How often the source is asked to look whether anybody waits for it in vain.
constexpr std::chrono::seconds kLookEvery{5};

}  // namespace

Pipeline::Pipeline(const Seams& seams, const PipelineOptions& options)
    : seams_(seams), stages_(seams, options) {}

Pipeline::~Pipeline() {
  stages_.control.stop();
  for (std::jthread& thread : threads_)
    thread.request_stop();
}

template <class Stage>
void Pipeline::start_thread(Life& life, Stage& stage) {
  threads_.emplace_back([this, &stage, &life](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), life.name.c_str());
    run_stage(stage, stages_.bell, seams_.clock, stop, life.heartbeat, [this](Error error) {
      barrier_.with([&](std::optional<Error>& first) {
        if (!first) first = std::move(error);
      });
      stages_.control.stop();
    });
    has_stage_ended_ = true;
    --running_;
    stages_.bell.ring();
  });
}

void Pipeline::start() {
  CHECK(!has_started_, "a pipeline starts once");
  running_ = 4 + static_cast<int>(stages_.snapshots.size());
  has_started_ = true;
  std::vector<std::string> names = {"relay-apply", "relay-plan", "relay-read", "relay-oplog"};
  names.resize(names.size() + stages_.snapshots.size(), "relay-snapshot");
  for (const std::string& name : names) {
    lives_.emplace_back().name = name;
    lives_.back().heartbeat.beat(seams_.clock.now());
  }
  start_thread(lives_[0], stages_.apply);
  start_thread(lives_[1], stages_.assemble);
  start_thread(lives_[2], stages_.read);
  start_thread(lives_[3], stages_.oplog);
  for (std::size_t lane = 0; lane < stages_.snapshots.size(); ++lane)
    start_thread(lives_[4 + lane], stages_.snapshots[lane]);
  threads_.emplace_back([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "relay-cancel");
    end_long_waits(stop);
  });
}

void Pipeline::end_long_waits(const std::stop_token& stop) {
  std::optional<Clock::TimePoint> asked_at;
  bool is_cancelled = false;
  bool is_interrupted = false;
  Clock::TimePoint look_at = seams_.clock.now() + kLookEvery;
  while (!stop.stop_requested() && running_ > 0) {
    const std::uint64_t seen = stages_.bell.rings();
    const Clock::TimePoint now = seams_.clock.now();
    if (!asked_at && (stages_.control.is_draining() || has_stage_ended_)) asked_at = now;
    if (asked_at && now >= *asked_at + kReadGrace && !is_cancelled) {
      seams_.source.cancel();
      is_cancelled = true;
    }
    if (asked_at && now >= *asked_at + kApplyGrace && !is_interrupted) {
      seams_.sink.interrupt();
      is_interrupted = true;
    }
    if (now >= look_at) {
      seams_.source.end_vain_waits();
      look_at = seams_.clock.now() + kLookEvery;
    }
    if (running_ > 0) stages_.bell.wait(seen, std::chrono::milliseconds(500), stop);
  }
}

std::vector<Pipeline::Beat> Pipeline::beats() const {
  std::vector<Beat> beats;
  for (const Life& life : lives_)
    beats.push_back({life.name, life.heartbeat.at()});
  return beats;
}

bool Pipeline::request_snapshot(const std::string& table) {
  const bool is_known = stages_.board.request(table);
  stages_.bell.ring();
  return is_known;
}

std::optional<Error> Pipeline::failure() const {
  if (std::optional<Error> error = barrier_.copy()) return error;
  return stages_.failure();
}

}  // namespace relay
