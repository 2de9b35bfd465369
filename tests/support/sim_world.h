// SimWorld: the production stages on the four fakes, in one thread with virtual time.
//
// The world is what survives a crash: the source's oplog, the target, the state files. A relay runs
// in it, can be cut off before, within and after any call that it makes, and is started again. A
// second one may run beside it. What must be true meanwhile is judged by SimJudge.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/stage_set.h"
#include "support/fake_clock.h"
#include "support/fake_oplog.h"
#include "support/fake_sink.h"
#include "support/fake_source.h"
#include "support/fake_store.h"
#include "support/sim_judge.h"

namespace relay {

// How often something goes wrong: once in so many calls of a relay to the outside. 0: never.
struct SimFaults {
  std::uint64_t source_every = 0;
  std::uint64_t target_every = 0;
  std::uint64_t store_every = 0;
  std::uint64_t crash_every = 0;   // The process dies at the call.
  std::uint64_t outage_every = 0;  // The server stays away for a while, as in an election.
  std::uint64_t slow_every = 0;    // The call takes up to seven seconds.
  std::uint64_t early_every = 0;   // A reply ends early.
  std::uint64_t forget_every = 0;  // The source does not know a token, once in so many openings.
};

class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed);

  // One relay process.
  struct Relay {
    Relay(SimWorld& world, std::string owner, const PipelineOptions& options);
    [[nodiscard]] bool has_ended() const {
      return ended_stages.size() == stages.snapshots.size() + 3;
    }
    std::string owner;
    PipelineOptions options;
    TableMap tables;
    FakeSource source;
    FakeSink sink;
    StageSet stages;
    std::set<std::size_t> ended_stages;
    std::set<ErrorKind> met;           // Faults that may end it.
    Clock::TimePoint stalled_until{};  // As by SIGSTOP.
  };

  // In the place of the one that runs, if any, which is cut off.
  void start(const PipelineOptions& options, const std::string& owner = "a");
  void start_rival(const PipelineOptions& options);
  void crash() { bury(relay_); }  // As kill -9.
  void crash_rival() { bury(rival_); }
  // Null: none runs.
  [[nodiscard]] Relay* relay() { return relay_.get(); }
  [[nodiscard]] Relay* rival() { return rival_.get(); }

  // One step of a stage chosen at random; true while some stage can still do something at this
  // time.
  bool step();
  // Takes away relays that have ended. A reason that no fault explains is a violation.
  void collect_ended();
  // Reads nothing more and waits for the end.
  void drain();
  // Steps until nothing happens any more; advances the clock over back-off and naps. False when it
  // does not come to rest within `steps_max`.
  bool settle(int steps_max = 20'000);

  // A random write to one of the two collections; now and then something happens to all of one.
  void write();

  // The target as it is now, and as it was then, while no relay runs.
  void back_up();
  void restore_back_up();
  enum class FileLoss : std::uint8_t { last_write, all };
  // Of the first relay's state file, while it does not run.
  void lose_file(FileLoss loss);
  // Nothing goes wrong any more.
  void end_faults();

  [[nodiscard]] std::string difference() const;
  [[nodiscard]] const std::string& violation() const { return judge_.violation(); }

  // How far the target is, and what the first relay does.
  [[nodiscard]] std::string describe_state();

  FakeRandom random;
  FakeClock clock;
  FakeOplog oplog;
  FakeTarget target;
  FakeStore store;
  FakeStore rival_store;
  SimFaults faults;
  // As faults.source_every and .target_every, but before calls only, and once a relay has started.
  std::uint64_t source_fault_every = 0;
  std::uint64_t target_fault_every = 0;
  std::uint64_t ddl_every = 0;    // A collection is dropped or replaced once in so many writes.
  std::uint64_t large_every = 0;  // An event is large once in so many.
  bool splits_large_events = false;
  int key_count = 8;
  OnDrop users_on_drop = OnDrop::keep;
  bool is_traced = false;  // Every commit is logged, and what becomes of the relays.
  bool is_busy = true;     // Writes also happen in the middle of what the relay does.

 private:
  enum class Side : std::uint8_t { source, target, store };
  struct BackUp {
    FakeTarget target;
    SimJudge::Memory memory;
  };

  FakeStore& store_of(const std::string& owner) { return owner == "rival" ? rival_store : store; }
  CallTrouble meet(Relay& relay, Side side, CallEdge edge);
  void watch(Relay& relay);
  void bury(std::unique_ptr<Relay>& relay);
  void collect(std::unique_ptr<Relay>& relay);
  bool step_of(Relay& relay);
  StepState step_stage(Relay& relay, std::size_t stage);
  void check_queues(Relay& relay);
  void trace(const std::string& line) const;
  void change_collection(const std::string& collection);

  SimJudge judge_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Relay> rival_;
  std::vector<std::unique_ptr<Relay>> buried_;  // A batch that is on its way refers to its tables.
  std::array<Clock::TimePoint, 3> down_until_{};
  std::optional<BackUp> back_up_;
  bool has_had_rival_ = false;
  int transaction_ = 0;
};

}  // namespace relay
