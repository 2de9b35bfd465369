// LargeEventWalk: the way around an event that is too large for the source to send.
//
//   many      too large                          -> single   it is one behind the last reply
//   single    too large                          -> unsplit  it is the next one, or the one before
//             kSinglesMax replies, or none left  -> many
//   unsplit   too large                          -> bare     it is the next one
//             an event, or the position moves on -> many     it was the one before
//   bare      its event                          -> many     what it lacks is looked up by its key
//             too large                          -> no way around it
//
// The stream is opened again at each arrow, behind the last reply: events that came before the
// large one in the same reply are lost with it, and a source that has failed to send an event goes
// on behind it when it is asked for more.
//
// The one before: a server that splits events looks at the event that it starts after, too, and
// fails there once more when it could not split it (mongod 6.0.27).
//
// One thread: the reading one.
#pragma once

#include <cstddef>

#include "source/change_source.h"

namespace relay {

class LargeEventWalk {
 public:
  // As many as a reply may have had before the large event. Only time depends on it: the walk
  // begins again when that was too early.
  static constexpr std::size_t kSinglesMax = 2'000;

  enum class Move : std::uint8_t { stays, moves };

  // What the next open() has to ask for.
  [[nodiscard]] ReplyForm form() const { return form_; }

  // An event was too large. False: nothing is left to leave out.
  bool on_too_large();

  // A reply with so many events has arrived; `position`: whether it ends elsewhere than the one
  // before. True: the stream has to be opened again.
  bool on_reply(std::size_t event_count, Move position);

 private:
  ReplyForm form_ = ReplyForm::many;
  std::size_t single_count_ = 0;
};

}  // namespace relay
