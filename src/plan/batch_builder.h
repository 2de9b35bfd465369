// BatchBuilder: collects the writes of events in stream order and says where a batch may end.
//
// A batch ends by rows, by bytes, at a barrier, or because the source has nothing more right now
// (the caller's decision). A source transaction is not torn apart unless it alone exceeds the
// limits; the writes of one event never are, since a position lies between events.
//
// Views in here point into replies; the caller keeps each reply until all its events are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/change_event.h"
#include "core/position.h"
#include "core/raw_document.h"
#include "mapping/table_mapping.h"

namespace relay {

enum class WriteKind : std::uint8_t {
  upsert,   // `document` is the row's document.
  removal,  // The row goes away.
  look_up,  // The document has changed; its current version has to be fetched.
  barrier,  // Something happened to the whole collection: see Barrier.
};

// What became of a table's collection. A barrier is a batch of its own, together with everything
// else of its event: rows before it and after it are in other batches.
enum class Barrier : std::uint8_t {
  none,
  emptied,   // Dropped or renamed away; the rows go too (on_drop = "truncate").
  left,      // Dropped or renamed away; the rows stay (on_drop = "keep").
  replaced,  // Other documents stand under its name now: snapshot, and what vanished goes.
  created,   // Began to exist under the eyes of the stream: no snapshot is needed.
  refused,   // Dropped, renamed away or replaced, and on_drop = "stop".
};

struct PlannedWrite {
  const TableMapping* table = nullptr;
  WriteKind kind = WriteKind::upsert;
  Barrier barrier = Barrier::none;  // Of a barrier.
  OperationType operation = OperationType::unknown;
  std::string key;           // Key text.
  RawDocument document;      // upsert: the document.
  RawDocument document_key;  // Always: what the source calls it.
  ClusterTime cluster_time;
  std::int64_t wall_time_ms = 0;    // As in ChangeEvent.
  TokenView token;                  // Of the event. No data: the document is one of a snapshot.
  std::string_view operation_name;  // As the server wrote it; for tables that are a log of events.
  RawDocument change;               // For such tables: what the event says it changed.
  std::uint64_t event_ordinal = 0;  // Of the event, counted from 1; writes of one event share it.
  std::size_t weight_bytes = 0;     // What the row will take, about.
  RawDocument transaction_session;  // As in ChangeEvent.
  std::int64_t transaction_number = 0;
};

struct BatchLimits {
  std::size_t rows_max = 5'000;
  std::size_t bytes_max = 8U << 20U;
};

// Whether the transaction of the last write may go on with the next event.
enum class Tail : std::uint8_t { complete, may_continue };

class BatchBuilder {
 public:
  explicit BatchBuilder(BatchLimits limits) : limits_(limits) {}

  void add(PlannedWrite write);

  [[nodiscard]] bool is_empty() const { return writes_.empty(); }
  [[nodiscard]] const std::vector<PlannedWrite>& writes() const { return writes_; }

  // True when a larger batch would gain nothing but memory, or a barrier ends it anyway: the caller
  // may add more, but need not.
  [[nodiscard]] bool is_worth_a_batch() const;

  // True when a batch has to be cut before more is added.
  [[nodiscard]] bool is_full() const;

  // How many writes, from the first, the next batch should hold: all of them when they fit the
  // limits, else as many as fit, moved back to the beginning of a transaction that would be torn
  // apart. 0: nothing to write, or (may_continue, and not full) only a transaction that is not
  // complete yet.
  [[nodiscard]] std::size_t cut(Tail tail) const;

  // As cut(), but of at most `count` writes (at least 1), for when a batch proved too large.
  [[nodiscard]] std::size_t cut_below(std::size_t count) const;

  // Writes of `old` are writes of `next` from now on: a newer mapping of the same table.
  void replace_table(const TableMapping* old, const TableMapping* next);

  // Forgets the first `count` writes: their batch is made.
  void take(std::size_t count);

 private:
  [[nodiscard]] std::size_t leading_barrier() const;
  [[nodiscard]] std::size_t barrier_start() const;
  [[nodiscard]] std::size_t fitting() const;
  [[nodiscard]] std::size_t transaction_start(std::size_t count) const;
  [[nodiscard]] std::size_t event_boundary(std::size_t count) const;

  BatchLimits limits_;
  std::vector<PlannedWrite> writes_;
  std::size_t bytes_ = 0;
  std::size_t barrier_count_ = 0;
};

}  // namespace relay
