#include "cli/status_text.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include <nlohmann/json.hpp>

#include "cli/text_table.h"
#include "version.h"

namespace relay {
namespace {

using Json = nlohmann::json;

const Json& member(const Json& json, const char* key) {
  static const Json kNone;
  if (!json.is_object()) return kNone;
  const auto found = json.find(key);
  return found == json.end() ? kNone : *found;
}

std::string text_of(const Json& json, const char* key) {
  const Json& value = member(json, key);
  return value.is_string() ? printable(value.get<std::string>()) : "";
}

std::uint64_t count_of(const Json& json, const char* key) {
  const Json& value = member(json, key);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

std::optional<double> number_of(const Json& json, const char* key) {
  const Json& value = member(json, key);
  if (!value.is_number()) return std::nullopt;
  return value.get<double>();
}

std::vector<Json> list_of(const Json& json, const char* key) {
  const Json& value = member(json, key);
  return value.is_array() ? value.get<std::vector<Json>>() : std::vector<Json>();
}

std::string format(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

std::string format_seconds(const std::optional<double>& seconds) {
  if (!seconds) return "unknown";
  if (*seconds < 120) return format("%.2f s", *seconds);
  if (*seconds < 7'200) return format("%.0f min", *seconds / 60);
  if (*seconds < 172'800) return format("%.1f h", *seconds / 3'600);
  return format("%.1f d", *seconds / 86'400);
}

// "3 (city 1, total 2)"
std::string format_counts(std::uint64_t total, const Json& parts) {
  std::string text = std::to_string(total);
  if (total == 0 || !parts.is_object() || parts.empty()) return text;
  std::string list;
  for (const auto& [name, value] : parts.items()) {
    if (!value.is_number_unsigned()) continue;
    list += (list.empty() ? "" : ", ") + printable(name) + " " +
            std::to_string(value.get<std::uint64_t>());
  }
  return text + " (" + list + ")";
}

std::string format_snapshot(const Json& table) {
  const std::uint64_t rows = count_of(table, "snapshot_rows");
  const std::uint64_t estimated = count_of(table, "snapshot_rows_estimated");
  std::string text = std::to_string(rows);
  if (text_of(table, "phase") != "snapshot" || estimated == 0) return text;
  const double share = std::min(1.0, static_cast<double>(rows) / static_cast<double>(estimated));
  return text + " of ~" + std::to_string(estimated) + ", " + format("%.0f", share * 100) + "%";
}

std::string render_stream(const Json& stream) {
  const std::optional<double> age = number_of(stream, "checkpoint_age_seconds");
  std::string text = "\nstream " + text_of(stream, "name") + ": lag " +
                     format_seconds(number_of(stream, "lag_seconds")) + ", oplog runway " +
                     format_seconds(number_of(stream, "oplog_runway_seconds")) + ", " +
                     (age ? "position stored " + format_seconds(age) + " ago"
                          : std::string("no position stored yet")) +
                     "\n";
  const std::string position = text_of(stream, "position");
  if (!position.empty()) text += "  position " + position + "\n";
  const std::vector<Json> tables = list_of(stream, "tables");
  if (tables.empty()) return text + "  no table is known yet\n";
  std::vector<TextRow> rows = {
      {"TABLE", "FROM", "PHASE", "COPIED", "UPSERTS", "DELETES", "MISFITS", "DEAD LETTERS"}};
  for (const Json& table : tables) {
    rows.push_back(
        {text_of(table, "to"),
         text_of(table, "from"),
         text_of(table, "phase"),
         format_snapshot(table),
         std::to_string(count_of(table, "upserts")),
         std::to_string(count_of(table, "deletes")),
         format_counts(count_of(table, "misfits"), member(table, "misfits_by_column")),
         format_counts(count_of(table, "dead_letters"), member(table, "dead_letters_by_reason"))});
  }
  return text + align_rows(rows);
}

std::string format_side(const Json& json, const char* side) {
  const Json& connected = member(member(json, side), "connected");
  const bool is_connected = connected.is_boolean() && connected.get<bool>();
  return std::string(side) + (is_connected ? " connected" : " away");
}

}  // namespace

Result<std::string> render_status_text(const std::string& json, const std::string& url) {
  const Json status = Json::parse(json, nullptr, false);
  if (text_of(status, "state").empty()) {
    return Error{ErrorKind::check_failed,
                 "read the status of " + url + ": what answers there is no relay",
                 "give this command the relay's own http.listen"};
  }
  const Json& paused = member(status, "paused");
  std::string text = "relay " + text_of(status, "version") + " at " + url + ": " +
                     text_of(status, "state") +
                     (paused.is_boolean() && paused.get<bool>() ? ", paused" : "") + "\n";
  const std::string trouble = text_of(status, "trouble");
  if (!trouble.empty()) text += "trouble: " + trouble + "\n";
  text += format_side(status, "source") + ", " + format_side(status, "target") + ", " +
          std::to_string(count_of(status, "batches")) + " batches, " +
          std::to_string(count_of(status, "queue_bytes") / 1'024) + " KiB waiting\n";
  for (const Json& stream : list_of(status, "streams"))
    text += render_stream(stream);
  return text;
}

std::string render_stored_text(const std::vector<StoredStream>& streams,
                               const std::string& path,
                               const std::string& trouble) {
  std::string text = "relay unreachable: " + trouble + "\nfrom the state file " + path + ":\n\n";
  if (streams.empty()) return text + "  no position is stored yet\n";
  std::vector<TextRow> rows = {{"STREAM", "STORED AT", "CLUSTER TIME", "POSITION"}};
  for (const StoredStream& stream : streams) {
    rows.push_back({printable(stream.name),
                    printable(stream.updated_at),
                    std::to_string(stream.position.cluster_time.seconds),
                    printable(stream.position.token)});
  }
  return text + align_rows(rows);
}

std::string render_stored_json(const std::vector<StoredStream>& streams,
                               const std::string& trouble) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const StoredStream& stream : streams) {
    list.push_back({{"name", stream.name},
                    {"position", stream.position.token},
                    {"cluster_time", stream.position.cluster_time.seconds},
                    {"stored_at", stream.updated_at},
                    {"lag_seconds", nullptr},
                    {"oplog_runway_seconds", nullptr},
                    {"tables", nlohmann::ordered_json::array()}});
  }
  const nlohmann::ordered_json json = {
      {"version", kVersion}, {"state", "unreachable"}, {"trouble", trouble}, {"streams", list}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace relay
