// Stored positions as people and programs read them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "apply/checkpoint_desk.h"
#include "checkpoint/state_reader.h"

namespace relay {

// What both sides have stored of one stream.
struct CheckpointPair {
  std::string stream{};
  std::optional<StoredStream> in_file{};
  std::optional<TargetCheckpoint> in_target{};
};

// By name: every stream that one of the two knows, and those of the settings.
std::vector<CheckpointPair> pair_up(const std::vector<std::string>& streams,
                                    const std::vector<StoredStream>& in_file,
                                    const std::vector<TargetCheckpoint>& in_target);

// Two lines a stream, and which of the two counts.
std::string render_checkpoints_text(const std::vector<CheckpointPair>& pairs);
// {"streams": [{"name", "state_file", "target"}]}; null: nothing stored.
std::string render_checkpoints_json(const std::vector<CheckpointPair>& pairs);

// "2026-01-31T23:59:59Z", with the counter within the second when there is one: "... +3".
std::string format_cluster_time(ClusterTime time);

// A place in a stream as it is typed: an ISO 8601 time with its zone, or a token as `checkpoint
// show` has it. config_invalid: neither, or in the future.
Result<Position> parse_place(const std::string& text, std::chrono::system_clock::time_point now);

}  // namespace relay
