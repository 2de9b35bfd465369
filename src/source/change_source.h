// ChangeSource: where changes come from. One of the four seams.
//
// Threads: open, next and current_time belong to the reading thread; look_up to the assembling
// thread (on a connection of its own); cancel may come from any thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <variant>

#include "core/name_space.h"
#include "core/position.h"
#include "core/raw_document.h"
#include "core/result.h"

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

// One reply of the stream, handed over whole: events are views into `buffer`.
struct Reply {
  RawBuffer buffer;
  RawDocument events;  // BSON array of events, possibly empty.
  std::size_t event_count = 0;
  Position end;          // Where the stream stands after this reply (postBatchResumeToken).
  bool is_full = false;  // True: a limit ended the reply, so the source has more right now.
  // The server closed the stream behind this reply (invalidate). The reader opens it again after
  // `end`.
  bool is_last = false;
};

// Updated documents to fetch: current versions, not older than `not_before`.
struct LookUp {
  NamespaceView ns;
  std::span<const RawDocument> keys;  // Document keys; only their _id is used. At least one.
  ClusterTime not_before;
};

class ChangeSource {
 public:
  virtual ~ChangeSource() = default;

  // Connects (again) and opens the stream. Returns the position it stands at before its first
  // event.
  virtual Result<Position> open(const StartPoint& start) = 0;

  // The next reply; waits for at most `source.await` when nothing happens, then returns an empty
  // one. After an error the stream is closed: open() again.
  virtual Result<Reply> next() = 0;

  // Makes a running next() return soon, with an error of kind `stopped`. Final.
  virtual void cancel() = 0;

  // The newest time of the source: everything written before the call is not newer.
  virtual Result<ClusterTime> current_time() = 0;

  // Calls `visit` with the current version of each document that exists, in any order. Views are
  // valid during the call only. `visit` returns false to end the look-up early.
  virtual Status look_up(const LookUp& request, const std::function<bool(RawDocument)>& visit) = 0;

  // Hash of what the stream delivers (scope, pipeline, options), as of the last successful open().
  // A token is good only for the definition it came from. Lower-case hex, 16 characters. Reading
  // thread.
  [[nodiscard]] virtual std::string pipeline_hash() const = 0;
};

}  // namespace relay
