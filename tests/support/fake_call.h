// What happens to a call of a fake: decided by whoever watches it, which is the simulation.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/error.h"

namespace relay {

enum class CallEdge : std::uint8_t {
  before,  // Nothing of it has been done.
  within,  // Of a batch: it is on its way to the target, and may arrive whatever becomes of us.
  after,   // All of it is done, and its answer is on the way.
};

enum class CallTrouble : std::uint8_t {
  none,
  cut,      // The connection breaks, at this edge.
  unknown,  // The server answers with an error that nobody has classified.
  refused,  // The server answers with one that does not go away.
};

// May also throw: then the process has died at this edge.
using CallWatch = std::function<CallTrouble(CallEdge)>;

// The kinds of one side's errors, in the words of the drivers.
struct SideKinds {
  ErrorKind cut = ErrorKind::internal;
  ErrorKind unknown = ErrorKind::internal;
  ErrorKind refused = ErrorKind::internal;
};

inline std::optional<Error> ask_watch(const CallWatch& watch,
                                      CallEdge edge,
                                      const SideKinds& kinds,
                                      const char* doing) {
  if (!watch) return std::nullopt;
  switch (watch(edge)) {
    case CallTrouble::none:
      break;
    case CallTrouble::cut:
      return Error{kinds.cut, std::string(doing) + ": cut", ""};
    case CallTrouble::unknown:
      return Error{kinds.unknown, std::string(doing) + ": strange answer", ""};
    case CallTrouble::refused:
      return Error{kinds.refused, std::string(doing) + ": refused", ""};
  }
  return std::nullopt;
}

}  // namespace relay
