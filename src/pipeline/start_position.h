// Where a stream begins, from what the target and the state file have stored and what the settings
// say.
#pragma once

#include <optional>
#include <variant>

#include "core/position.h"
#include "source/change_source.h"

namespace relay {

// `start` of the settings: what to do when nothing is stored.
struct StartSetting {
  std::variant<StartNow, StartAtTime> when_nothing_stored;
  // Tables that never had a snapshot get one; the stream then begins at now.
  bool takes_snapshots = false;
};

struct ChosenStart {
  StartPoint point;
  const char* reason = "";  // For the log: "stored in the target", ...
};

// The target's position wins, because it moved with the rows: a restored target brings its own,
// older one. A target without a position has lost its rows, or never had any. Then a snapshot
// brings them all, so that older changes are of no use; without one, `now` goes on from the state
// file's position, which only adds changes, while a given time is what the user asked for.
ChosenStart choose_start(const std::optional<Checkpoint>& in_target,
                         const std::optional<Checkpoint>& in_state_file,
                         const StartSetting& setting);

}  // namespace relay
