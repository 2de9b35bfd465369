// ChangeSource: where changes come from. One of the four seams.
//
// Threads: open, next, list_collections and current_time belong to the reading thread; look_up to
// the assembling thread (on a connection of its own); split, read_chunk and find_keys to the
// snapshot threads, one for each lane (with a connection for each lane); read_oplog to the thread
// that watches the oplog (on a connection of its own); cancel may come from any thread, and
// end_vain_waits from one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/name_space.h"
#include "core/position.h"
#include "core/raw_document.h"
#include "core/result.h"
#include "core/snapshot.h"

namespace relay {

// Where to begin reading.
struct StartNow {};
struct StartAtTime {
  ClusterTime time;  // Inclusive.
};
struct StartAfter {
  // Exclusive: the first event after it. When its hash is not this stream's, or it has no token,
  // reading begins at its cluster time instead: some events come again, which is harmless.
  Checkpoint checkpoint;
};
using StartPoint = std::variant<StartNow, StartAtTime, StartAfter>;

// How much of the stream one reply brings.
enum class ReplyForm : std::uint8_t {
  many,     // Events, as many as the limits allow.
  single,   // One event.
  unsplit,  // One event, also where the source would split it.
  bare,     // One event with its key, without its documents and without what has changed in them.
};

// One reply of the stream, handed over whole: events are views into `buffer`.
struct Reply {
  RawBuffer buffer;
  RawDocument events;  // BSON array of events, possibly empty.
  std::size_t event_count = 0;
  // Where the stream stands after this reply (postBatchResumeToken). Never between the fragments of
  // one event: when the reply ends there, this is the place before the first of them.
  Position end;
  bool is_full = false;  // True: a limit ended the reply, so the source has more right now.
  // The server closed the stream behind this reply (invalidate). The reader opens it again after
  // `end`.
  bool is_last = false;
};

// Updated documents to fetch: current versions, not older than `not_before`.
struct LookUp {
  NamespaceView ns{};
  std::span<const RawDocument> keys;  // Document keys; only their _id is used. At least one.
  ClusterTime not_before;
};

enum class CollectionKind : std::uint8_t { collection, view, time_series };

struct CollectionInfo {
  Namespace ns{};
  CollectionKind kind = CollectionKind::collection;
};

// How a collection is cut into ranges that can be copied side by side.
struct SplitRequest {
  std::size_t lane = 0;
  NamespaceView ns{};
  std::size_t parts_max = 1;
  std::uint64_t part_documents_min = 0;  // A smaller collection is cut into fewer parts.
};

struct CollectionSplit {
  // Where the parts but the first begin (inclusive, ascending); one less than there are parts.
  std::vector<KeyBound> bounds{};
  std::uint64_t documents_estimated = 0;
};

// A piece of a range, in the order of `_id`.
struct ChunkRequest {
  std::size_t lane = 0;
  NamespaceView ns{};
  KeyBound from{};
  KeyBound to{};  // Exclusive; empty: the end.
  std::size_t documents_max = 10'000;
  std::size_t bytes_max = 8U << 20U;  // Exceeded by one reply of the server at most.
};

struct Chunk {
  std::vector<RawBuffer> replies;      // Own the documents.
  std::vector<RawDocument> documents;  // Views into `replies`.
  std::size_t byte_count = 0;          // Of the documents.
  // Everything written up to `low` (inclusive) is in the documents; they may show later writes, but
  // none later than `high`.
  ClusterTime low;
  ClusterTime high;
  std::optional<KeyBound> next;  // Where the next chunk of the range begins; nullopt: it is done.
};

// Which documents still exist.
struct KeyCheck {
  std::size_t lane = 0;
  NamespaceView ns{};
  std::span<const RawDocument> keys;  // {_id: value}. At least one.
};

struct FoundKeys {
  std::vector<std::string> keys;  // BSON documents {_id: value} as the source has them, any order.
  ClusterTime low;                // As in Chunk.
  ClusterTime high;
};

// The source's history: entries are taken away at its old end once it has no more room.
struct OplogFacts {
  ClusterTime first;            // Of the oldest entry.
  ClusterTime last;             // Of the newest.
  std::uint64_t bytes = 0;      // Of all entries.
  std::uint64_t bytes_max = 0;  // Entries are taken away when there are more.

  // The server takes away in strides, so an oplog that lost entries is a little below its limit.
  [[nodiscard]] bool is_full() const { return bytes >= bytes_max / 10 * 8; }
};

class ChangeSource {
 public:
  virtual ~ChangeSource() = default;

  // Connects (again) and opens the stream. Returns the position it stands at before its first
  // event.
  virtual Result<Position> open(const StartPoint& start) = 0;

  // The next reply; waits for at most `source.await` when nothing happens, then returns an empty
  // one. After an error the stream is closed: open() again. event_too_large: the events before it
  // in the same reply are not delivered either.
  virtual Result<Reply> next() = 0;

  // From the next open() on; `many` at first. Positions and the pipeline hash are the same in every
  // form. Reading thread.
  virtual void set_form(ReplyForm form) = 0;

  // Longest wait of next() from now on, instead of `source.await`. Reading thread.
  virtual void set_await(std::chrono::milliseconds await) = 0;

  // Makes a running next(), split(), read_chunk(), find_keys() or read_oplog() return soon, with an
  // error of kind `stopped`, also when the source hangs. Final. A look-up goes on, unless the
  // source does not answer any more.
  virtual void cancel() = 0;

  // The newest time of the source: everything written before the call is not newer.
  virtual Result<ClusterTime> current_time() = 0;

  // To be called every few seconds by a thread that calls nothing else but cancel(): ends calls of
  // other threads that wait for an answer that will not come. Such a call fails as if the
  // connection had broken. May take some seconds.
  virtual void end_vain_waits() {}

  // Calls `visit` with the current version of each document that exists, in any order. Views are
  // valid during the call only. `visit` returns false to end the look-up early.
  virtual Status look_up(const LookUp& request, const std::function<bool(RawDocument)>& visit) = 0;

  // Everything with a name in the stream's scope, but system collections; also views and time
  // series, which cannot be replicated.
  virtual Result<std::vector<CollectionInfo>> list_collections() = 0;

  // A collection that does not exist is one without documents, in all three.
  virtual Result<CollectionSplit> split(const SplitRequest& request) = 0;
  virtual Result<Chunk> read_chunk(const ChunkRequest& request) = 0;
  virtual Result<FoundKeys> find_keys(const KeyCheck& request) = 0;

  // nullopt: the source has none that can be asked for. source_refused: no right to read it.
  virtual Result<std::optional<OplogFacts>> read_oplog() = 0;

  // Hash of what the stream delivers (scope, pipeline, options), as of the last successful open().
  // A token is good only for the definition it came from. Lower-case hex, 16 characters. Reading
  // thread.
  [[nodiscard]] virtual std::string pipeline_hash() const = 0;
};

}  // namespace relay
