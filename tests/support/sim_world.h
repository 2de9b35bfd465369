// SimWorld: the production stages on the four fakes, in one thread with virtual time.
//
// The world is what survives a crash: the source's oplog, the target, the state file. A relay runs
// in it, can be cut off between any two steps, and is started again. After every commit the world
// checks that the target's position is not ahead of its rows.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipeline/stage_set.h"
#include "support/fake_clock.h"
#include "support/fake_oplog.h"
#include "support/fake_sink.h"
#include "support/fake_source.h"
#include "support/fake_store.h"

namespace relay {

class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed);

  // One relay process. At most one runs, unless the test starts a second one of its own.
  struct Relay {
    Relay(SimWorld& world, const std::string& owner, const PipelineOptions& options);
    TableMap tables;
    FakeSource source;
    FakeSink sink;
    StageSet stages;
  };

  void start(const PipelineOptions& options, const std::string& owner = "a");
  void crash() { relay_.reset(); }  // As kill -9.

  // One step of a stage chosen at random; true while some stage can still do something at this
  // time.
  bool step();
  // Steps until nothing happens any more; advances the clock over back-off and naps. False when it
  // does not come to rest within `steps_max`.
  bool settle(int steps_max = 20'000);

  // A random write to one of the two collections; now and then something happens to all of one.
  void write();

  // Empty: the rows equal the documents. Otherwise what is different.
  [[nodiscard]] std::string difference() const;
  // Empty: nothing was wrong at any commit.
  [[nodiscard]] const std::string& violation() const { return violation_; }

  [[nodiscard]] Relay* relay() { return relay_.get(); }

  FakeRandom random;
  FakeClock clock;
  FakeOplog oplog;
  FakeTarget target;
  FakeStore store;
  std::uint64_t source_fault_every = 0;
  std::uint64_t target_fault_every = 0;
  std::uint64_t ddl_every = 0;    // A collection is dropped or replaced once in so many writes.
  std::uint64_t large_every = 0;  // An event is large once in so many.
  bool splits_large_events = false;
  int key_count = 8;
  bool is_busy = true;  // Writes also happen in the middle of what the relay does.

 private:
  void check_commit(const Batch& batch);
  void change_collection(const std::string& collection);
  bool has_step(std::uint64_t stage);
  [[nodiscard]] std::optional<int> row_seq(const std::string& collection, int key) const;

  std::unique_ptr<Relay> relay_;
  std::string violation_;
  Position checked_;
  std::optional<std::size_t> first_;  // Index of the first event that the relay has to know of.
  int transaction_ = 0;
};

}  // namespace relay
