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
#include "support/fake_call.h"
#include "support/fake_random.h"

namespace relay {

struct FakeTarget {
  // A batch whose connection broke: the server may still work on it.
  struct LateBatch {
    Batch batch;
    std::uint64_t epoch = 0;  // Of its sender.
    std::size_t opened_now_at = 0;
  };

  void commit(const Batch& batch, Clock::TimePoint now);
  // What the server does with it in the end: the guard lets it in, or shuts it out.
  void finish_late(Clock::TimePoint now);
  // What it says of a row, given as JSON text.
  [[nodiscard]] bool refuses(const std::string& key, const std::string& row) const;

  std::map<std::pair<std::string, std::string>, std::string> rows;  // (table, key) -> JSON text.
  std::set<std::string> tables;
  std::map<std::string, std::vector<ColumnMapping>> added_columns;  // Of a table, by a relay.
  // Open ones: a letter is closed when its key gets a row, or none. Their tables may be gone.
  std::map<std::pair<std::string, std::string>, DeadLetter> letters;
  std::map<std::pair<std::string, int>, SnapshotPart> snapshots;  // (table, part).
  std::optional<Checkpoint> checkpoint;
  std::string owner;
  std::uint64_t epoch = 0;
  Clock::TimePoint lease_until{};
  Clock::Duration lease = std::chrono::seconds(5);
  std::set<std::string> poison;  // Keys that it refuses.
  int refused_seq_every = 0;     // Rows whose seq it divides are refused; 0: none.
  std::optional<LateBatch> late;
  std::size_t opened_now_at = 0;  // Of the sender of the batch that is being committed.
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
  [[nodiscard]] std::uint64_t open_dead_letters() const override { return target_.letters.size(); }
  Result<KeyPage> read_keys(const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) override;
  Result<LiveColumns> read_live_columns(const TableMapping& table) override;
  Status renew() override;
  void release() override;

  std::uint64_t fault_every = 0;               // One fault in so many calls; 0: never.
  std::optional<Error> next_error;             // Said by the next call, once.
  std::optional<Error> apply_error;            // Said by every apply(), while connecting works.
  CallWatch watch;                             // Sees every call.
  std::function<std::size_t()> opened_now_at;  // Of this relay's stream; for whoever checks.

 private:
  [[nodiscard]] std::optional<Error> fault();
  [[nodiscard]] std::optional<Error> lost_answer();
  [[nodiscard]] std::optional<Error> refusal(const Batch& batch) const;
  void commit(const Batch& batch);

  FakeTarget& target_;
  std::string owner_;
  FakeRandom& random_;
  Clock& clock_;
  std::uint64_t epoch_ = 0;           // 0: no lease taken yet.
  std::uint64_t epoch_possible_ = 0;  // A claim whose answer was lost may have set this one.
  bool is_open_ = false;
};

// Of a row, as JSON text.
int seq_of_row(const std::string& row);

// The cells of a sealed chunk's column; "" for NULL.
std::vector<std::string> cells_of(const RowChunk& chunk, std::size_t column);

}  // namespace relay
