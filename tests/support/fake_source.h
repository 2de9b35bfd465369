// FakeSource: a change stream over a FakeOplog that fails as told.
#pragma once

#include <optional>
#include <string>

#include "source/change_source.h"
#include "support/fake_call.h"
#include "support/fake_oplog.h"
#include "support/fake_random.h"

namespace relay {

class FakeSource final : public ChangeSource {
 public:
  // Both outlive the source. A fault comes once in `fault_every` calls; 0: never.
  FakeSource(const FakeOplog& oplog, FakeRandom& random) : oplog_(oplog), random_(random) {}

  Result<Position> open(const StartPoint& start) override;
  Result<Reply> next() override;
  void set_form(ReplyForm form) override { form_ = form; }
  void set_await(std::chrono::milliseconds /*await*/) override {}
  void cancel() override { is_cancelled_ = true; }
  Result<ClusterTime> current_time() override;
  Status look_up(const LookUp& request, const std::function<bool(RawDocument)>& visit) override;
  Result<std::vector<CollectionInfo>> list_collections() override;
  Result<CollectionSplit> split(const SplitRequest& request) override;
  Result<Chunk> read_chunk(const ChunkRequest& request) override;
  Result<FoundKeys> find_keys(const KeyCheck& request) override;
  Result<std::optional<OplogFacts>> read_oplog() override { return oplog_facts; }
  [[nodiscard]] std::string pipeline_hash() const override { return hash; }

  std::uint64_t fault_every = 0;
  CallWatch watch;                 // Sees every call.
  std::uint64_t early_every = 0;   // A reply ends early once in so many, though there is more.
  std::uint64_t forget_every = 0;  // A token is not known in the stream once in so many openings.
  std::size_t reply_events_max = 5;
  // Large events come in fragments; false: the reply that they are in fails as a whole.
  bool splits_large_events = false;
  std::size_t opened_now_at = 0;        // Events before the stream, when it was opened at now.
  std::size_t documents_read = 0;       // For snapshots, so far.
  std::function<void()> while_reading;  // Called in the middle of a snapshot's read.
  std::string hash = "0123456789abcdef";
  std::optional<Error> next_error;  // Said by the next call of open() or next(), once.
  std::size_t document_bytes = 0;   // Padding of looked-up documents.
  std::size_t look_up_count = 0;    // Keys asked for so far.
  Result<std::optional<OplogFacts>> oplog_facts = std::optional<OplogFacts>();
  std::optional<StartPoint> opened_with;  // By the last successful open().
  std::size_t too_large_count = 0;        // Replies that failed because of a large event.
  std::size_t reply_bytes_largest = 0;    // So far.

 private:
  [[nodiscard]] std::optional<Error> fault();
  [[nodiscard]] std::optional<Error> lost_answer() const;
  [[nodiscard]] std::size_t shown_end();
  [[nodiscard]] Position position() const {
    return cursor_ == opened_at_ ? opened_ : oplog_.position_after(cursor_);
  }
  [[nodiscard]] bool fails_to_start() const;

  const FakeOplog& oplog_;
  FakeRandom& random_;
  void read_on() const {
    if (while_reading) while_reading();
  }

  ReplyForm form_ = ReplyForm::many;
  std::size_t cursor_ = 0;
  std::size_t opened_at_ = 0;  // Where the cursor was then.
  Position opened_;            // And what was said of it.
  int fragment_ = 0;           // Of the event at the cursor: so many were sent.
  bool is_open_ = false;
  bool is_cancelled_ = false;
};

}  // namespace relay
