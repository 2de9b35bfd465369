// FakeTarget: a database that survives the relay; FakeSink: one relay's connection to it, failing
// as told.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/sink.h"
#include "support/fake_random.h"

namespace relay {

struct FakeTarget {
  std::map<std::pair<std::string, std::string>, std::string> rows;  // (table, key) -> JSON text.
  std::set<std::string> tables;
  std::map<std::string, std::vector<ColumnMapping>> added_columns;  // Of a table, by a relay.
  std::vector<DeadLetter> dead_letters;
  std::map<std::pair<std::string, int>, SnapshotPart> snapshots;  // (table, part).
  std::optional<Checkpoint> checkpoint;
  std::string owner;
  std::uint64_t epoch = 0;
  Clock::TimePoint lease_until{};
  std::set<std::string> poison;                 // Keys that it refuses.
  std::function<void(const Batch&)> on_commit;  // After every committed batch.
  std::uint64_t commits = 0;
  std::uint64_t copies = 0;    // Batches that came by copy.
  std::uint64_t refusals = 0;  // Batches with rows that it does not take.
};

class FakeSink final : public Sink {
 public:
  // All outlive the sink.
  FakeSink(FakeTarget& target, std::string owner, FakeRandom& random, Clock& clock)
      : target_(target), owner_(std::move(owner)), random_(random), clock_(clock) {}

  Result<std::optional<Checkpoint>> open() override;
  Status prepare(const TableMapping& table) override;
  Status apply(const Batch& batch) override;
  Status isolate(Batch& batch, Grounds grounds) override;
  Result<std::vector<SnapshotPart>> load_snapshots() override;
  [[nodiscard]] std::uint64_t open_dead_letters() const override {
    return target_.dead_letters.size();
  }
  Result<KeyPage> read_keys(const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) override;
  Result<LiveColumns> read_live_columns(const TableMapping& table) override;
  Status renew() override;
  void release() override;

  std::uint64_t fault_every = 0;     // One fault in so many calls; 0: never.
  std::optional<Error> next_error;   // Said by the next call, once.
  std::optional<Error> apply_error;  // Said by every apply(), while connecting works.
  Clock::Duration lease = std::chrono::seconds(5);

 private:
  [[nodiscard]] std::optional<Error> fault();
  [[nodiscard]] std::optional<Error> refusal(const Batch& batch) const;
  void commit(const Batch& batch);
  void commit_snapshots(const Batch& batch);

  FakeTarget& target_;
  std::string owner_;
  FakeRandom& random_;
  Clock& clock_;
  std::uint64_t epoch_ = 0;  // 0: no lease taken yet.
  bool is_open_ = false;
};

// The cells of a sealed chunk's column; "" for NULL.
std::vector<std::string> cells_of(const RowChunk& chunk, std::size_t column);

}  // namespace relay
