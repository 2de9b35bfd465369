// AssembleStage: replies to batches.
//
//   take a reply: decode its events, keep the wanted ones as planned writes
//   when the limits are reached, or the source has nothing more right now and the apply stage is
//   free: make a batch of them and hand it on
//   take a chunk of a snapshot: when the stream has passed it and all events are in batches, hand
//   it on as a batch, without the keys that the stream has written meanwhile. Events that wait go
//   before the next chunk, in one batch; a source that is always ahead lets one pass in between
//
// A table that grows (evolve = "add") gets a new mapping in between: see table_growth.h.
//
// Replies are held until every event in them is in a batch, because planned writes are views into
// them: see held_replies.h.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/bounded_queue.h"
#include "decode/fragment_merger.h"
#include "mapping/table_map.h"
#include "pipeline/apply_stage.h"
#include "pipeline/batch_maker.h"
#include "pipeline/event_planner.h"
#include "pipeline/held_replies.h"
#include "pipeline/progress.h"
#include "pipeline/read_chunk.h"
#include "pipeline/read_stage.h"
#include "pipeline/retry.h"
#include "pipeline/stage.h"
#include "pipeline/table_growth.h"
#include "pipeline/touched_keys.h"
#include "plan/batch_builder.h"

namespace relay {

class AssembleStage {
 public:
  struct Links {  // All outlive the stage.
    ChangeSource& source;
    Sink& sink;  // Asked for columns only.
    TableMap& tables;
    SnapshotBoard& board;
    ReplyQueue& replies;
    ChunkQueue& chunks;
    BatchQueue& batches;
    Control& control;
    Progress& progress;
    Clock& clock;
  };
  struct Options {
    BatchLimits limits;
    bool takes_snapshots = false;  // Of tables that never had one.
    Patience source_patience;
    Patience target_patience;
  };

  AssembleStage(Links links, const Options& options);

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const { return wake_at_; }
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }

 private:
  struct Pending {
    const TableMapping* table = nullptr;  // To be made, when it does not exist; null: none.
    SnapshotUpdate update{};
  };

  [[nodiscard]] bool wants_more();
  [[nodiscard]] Tail tail() const;
  StepState take_reply(ReceivedReply received);
  Status take_part(const ChangeEvent& part);
  Status take_event(const ChangeEvent& event);
  StepState take_opening(const ReceivedReply& received);
  Status check_collections(const StreamOpening& opening);
  void take_requests();
  void take_table(const TableMapping* table, const StreamOpening& opening);
  void set_state(const TableMapping* table, SnapshotState state);
  void add_pending(Batch& batch);
  [[nodiscard]] bool is_chunk_ready() const;
  void take_chunk();
  StepState emit_chunk();
  void drop_chunk();
  void follow_claims();
  StepState emit();
  StepState emit_writes(std::size_t count);
  bool grow();
  [[nodiscard]] bool is_unread(const TableMapping& table) const {
    return growth_.is_unread(table) || maker_.is_unread(table);
  }
  StepState read_columns(const TableMapping* table);
  StepState hand_on(Batch batch, std::size_t count);
  [[nodiscard]] bool is_position_due() const;
  StepState fail(Error error);
  StepState finish();

  Links links_;
  bool takes_snapshots_;
  BatchBuilder builder_;
  BatchMaker maker_;
  EventPlanner planner_;
  TableGrowth growth_;
  FragmentMerger merger_;
  Retry retry_;
  Retry target_retry_;
  HeldReplies held_;
  std::optional<std::size_t> smaller_cut_;    // A batch proved too large; try this many writes.
  std::optional<ReceivedReply> opening_;      // Waits until everything before it is in a batch.
  std::optional<ReadChunk> chunk_;            // Waits until the stream has passed it.
  std::map<TableName, TouchedKeys> touched_;  // Of tables with open claims.
  std::vector<Pending> pending_;              // Stored with the next batch.
  std::optional<Error> failure_;
  Checkpoint end_;                  // Behind everything taken.
  Position emitted_;                // End of the last batch handed on.
  std::uint64_t events_taken_ = 0;  // Ordinal of the last event taken.
  std::uint64_t events_emitted_ = 0;
  std::uint64_t batch_count_ = 0;
  Clock::TimePoint retry_at_{};
  Clock::TimePoint wake_at_{};
  Clock::TimePoint position_emitted_at_{};
  bool has_opened_ = false;
  // A chunk was handed on: what the stream has by now goes before the next one.
  bool is_streams_turn_ = false;
  bool is_gap_ = false;        // The next batch begins behind a lost position.
  bool is_tail_open_ = false;  // The last reply was full: its last transaction may continue.
};

}  // namespace relay
