// ChangeCursor: one open change stream on one server, from aggregate to the last getMore.
//
//   open: aggregate with batchSize 0     returns at once, however much there is to skip
//   next: getMore                        one reply, its bytes handed over whole
//
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "core/result.h"
#include "source/change_source.h"
#include "source/cursor_stop.h"
#include "source/mongo_connection.h"
#include "source/stream_definition.h"

namespace relay {

struct CursorLimits {
  std::int32_t batch_size = 2'000;  // Of replies in the form `many`.
  ReplyForm form = ReplyForm::many;
  std::chrono::milliseconds await{500};
};

class ChangeCursor {
 public:
  // `connection` outlives the cursor. `start`: see usable_start().
  static Result<ChangeCursor> open(MongoConnection& connection,
                                   const StreamDefinition& definition,
                                   const StartPoint& start,
                                   CursorLimits limits);

  Result<Reply> next();
  void set_await(std::chrono::milliseconds await) { limits_.await = await; }
  // Best effort.
  void close();

  // Where the stream stands after the last reply.
  [[nodiscard]] const Position& end() const { return end_; }
  // What cancelling needs to know. Its id is 0 once the server has closed the stream.
  [[nodiscard]] const OpenCursor& open_cursor() const { return cursor_; }

 private:
  ChangeCursor(MongoConnection& connection, CursorLimits limits)
      : connection_(&connection), limits_(limits) {}

  MongoConnection* connection_;
  CursorLimits limits_;
  OpenCursor cursor_;
  Position end_;
};

}  // namespace relay
