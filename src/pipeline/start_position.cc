#include "pipeline/start_position.h"

namespace relay {

ChosenStart choose_start(const std::optional<Checkpoint>& in_target,
                         const std::optional<Checkpoint>& in_state_file,
                         const StartSetting& setting) {
  if (in_target) return {StartAfter{*in_target}, "stored in the target"};
  if (const auto* at = std::get_if<StartAtTime>(&setting.when_nothing_stored))
    return {*at, "stream.start is a time"};
  if (setting.takes_snapshots)
    return {StartNow{}, "the target has no position, a snapshot is taken"};
  if (in_state_file)
    return {StartAfter{*in_state_file}, "stored in the state file, the target has none"};
  return {StartNow{}, "nothing stored, stream.start is now"};
}

}  // namespace relay
