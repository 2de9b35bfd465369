#include "cli/checkpoint_text.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "cli/text_table.h"
#include "config/value_text.h"
#include "source/token_time.h"

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

// Clocks of two machines differ.
constexpr std::chrono::minutes kFutureMax{5};

std::string format_seconds(double seconds) {
  const std::chrono::milliseconds since_epoch(static_cast<std::int64_t>(seconds * 1'000));
  return format_time(std::chrono::sys_time<std::chrono::milliseconds>(since_epoch));
}

// A time without a token is where the next start begins, too.
std::string format_place(const Position& position) {
  return position.token.empty() ? "(at the time)" : printable(position.token);
}

TextRow file_row(const CheckpointPair& pair) {
  if (!pair.in_file) return {printable(pair.stream), "state file", "nothing stored"};
  const StoredStream& stored = *pair.in_file;
  return {printable(pair.stream),
          "state file",
          format_cluster_time(stored.position.cluster_time),
          printable(stored.updated_at),
          "",
          "",
          format_place(stored.position)};
}

TextRow target_row(const CheckpointPair& pair) {
  if (!pair.in_target) return {"", "target", "nothing stored"};
  const TargetCheckpoint& found = *pair.in_target;
  const auto seconds = static_cast<std::int64_t>(std::ceil(found.lease_seconds_left));
  return {
      "",
      "target",
      found.stored ? format_cluster_time(found.stored->position.cluster_time) : "nothing stored",
      format_seconds(found.updated_at),
      seconds == 0 ? "free" : "held for " + std::to_string(seconds) + " s",
      std::to_string(found.tables_copied) + " of " + std::to_string(found.tables),
      found.stored ? format_place(found.stored->position) : ""};
}

Json position_members(const Position& position) {
  return {{"position", position.token.empty() ? Json(nullptr) : Json(position.token)},
          {"cluster_time", position.cluster_time.seconds},
          {"cluster_time_increment", position.cluster_time.increment}};
}

Json to_json(const StoredStream& stored) {
  Json json = position_members(stored.position);
  json["updated_at"] = stored.updated_at;
  return json;
}

Json to_json(const TargetCheckpoint& found) {
  Json json = found.stored ? position_members(found.stored->position)
                           : Json{{"position", nullptr},
                                  {"cluster_time", nullptr},
                                  {"cluster_time_increment", nullptr}};
  json["updated_at"] = format_seconds(found.updated_at);
  json["owner"] = found.owner;
  json["epoch"] = found.epoch;
  json["lease_seconds_left"] = found.lease_seconds_left;
  json["tables_copied"] = found.tables_copied;
  json["tables"] = found.tables;
  return json;
}

bool is_token(std::string_view text) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') || c == '.';
  };
  return std::ranges::all_of(text, is_hex) && cluster_time_of(text);
}

}  // namespace

std::vector<CheckpointPair> pair_up(const std::vector<std::string>& streams,
                                    const std::vector<StoredStream>& in_file,
                                    const std::vector<TargetCheckpoint>& in_target) {
  std::map<std::string, CheckpointPair> pairs;
  for (const std::string& stream : streams)
    pairs[stream];
  for (const StoredStream& stored : in_file)
    pairs[stored.name].in_file = stored;
  for (const TargetCheckpoint& found : in_target)
    pairs[found.stream].in_target = found;
  std::vector<CheckpointPair> all;
  for (auto& [stream, pair] : pairs) {
    pair.stream = stream;
    all.push_back(std::move(pair));
  }
  return all;
}

std::string format_cluster_time(ClusterTime time) {
  std::string text = format_seconds(time.seconds);
  if (time.increment > 0) text += " +" + std::to_string(time.increment);
  return text;
}

std::string render_checkpoints_text(const std::vector<CheckpointPair>& pairs) {
  if (pairs.empty()) return "no stream is known: no position is stored, and no table is set\n";
  std::vector<TextRow> rows = {
      {"STREAM", "WHERE", "CLUSTER TIME", "STORED AT", "LEASE", "TABLES COPIED", "POSITION"}};
  for (const CheckpointPair& pair : pairs) {
    rows.push_back(file_row(pair));
    rows.push_back(target_row(pair));
  }
  return align_rows(rows) + "A start goes by the target; the state file is a copy.\n";
}

std::string render_checkpoints_json(const std::vector<CheckpointPair>& pairs) {
  Json streams = Json::array();
  for (const CheckpointPair& pair : pairs) {
    streams.push_back({{"name", pair.stream},
                       {"state_file", pair.in_file ? to_json(*pair.in_file) : Json(nullptr)},
                       {"target", pair.in_target ? to_json(*pair.in_target) : Json(nullptr)}});
  }
  return Json{{"streams", streams}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Position> parse_place(const std::string& text, std::chrono::system_clock::time_point now) {
  Position place;
  if (const auto time = parse_time(text)) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
    if (seconds > 0) place.cluster_time.seconds = static_cast<std::uint32_t>(seconds);
  } else if (is_token(text)) {
    place = {.token = text, .cluster_time = *cluster_time_of(text)};
  }
  if (place.cluster_time.seconds == 0) {
    return Error{ErrorKind::config_invalid,
                 "the place " + quote_briefly(text) + " is neither a time nor a position",
                 "an ISO 8601 time with its zone, such as 2024-07-11T23:17:42Z, or a position as "
                 "relay checkpoint show prints it"};
  }
  const std::chrono::system_clock::time_point then{
      std::chrono::seconds(place.cluster_time.seconds)};
  if (then > now + kFutureMax) {
    return Error{ErrorKind::config_invalid,
                 "the place " + format_cluster_time(place.cluster_time) + " lies in the future",
                 "what happens until then would never arrive; to begin now, give the present"};
  }
  return place;
}

}  // namespace relay
