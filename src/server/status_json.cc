#include "server/status_json.h"

#include <nlohmann/json.hpp>

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json optional_text(const std::string& value) {
  return value.empty() ? Json(nullptr) : Json(value);
}

Json to_json(const TableReport& table) {
  std::uint64_t misfits = 0;
  Json misfits_by_column = Json::object();
  for (const auto& [column, count] : table.misfits) {
    misfits += count;
    misfits_by_column[column] = count;
  }
  std::uint64_t dead_letters = 0;
  Json dead_letters_by_reason = Json::object();
  for (const auto& [reason, count] : table.dead_letters) {
    dead_letters += count.open;
    if (count.open > 0) dead_letters_by_reason[reason] = count.open;
  }
  return {{"from", table.from},
          {"to", table.to},
          {"phase", format_table_phase(table.phase)},
          {"snapshot_rows", table.snapshot_rows},
          {"snapshot_rows_estimated", table.snapshot_rows_estimated},
          {"upserts", table.upserts},
          {"deletes", table.deletes},
          {"misfits", misfits},
          {"misfits_by_column", misfits_by_column},
          {"dead_letters", dead_letters},
          {"dead_letters_by_reason", dead_letters_by_reason}};
}

Json to_json(const StreamReport& stream) {
  Json tables = Json::array();
  for (const TableReport& table : stream.tables)
    tables.push_back(to_json(table));
  return {{"name", stream.name},
          {"position", optional_text(stream.position)},
          {"running", stream.is_running},
          {"leader", stream.is_leader},
          {"lag_seconds", optional_number(stream.lag_seconds)},
          {"oplog_runway_seconds", optional_number(stream.oplog_runway_seconds)},
          {"checkpoint_age_seconds", optional_number(stream.checkpoint_age_seconds)},
          {"tables", tables}};
}

// Names of collections may be bytes that are no UTF-8, which JSON cannot say.
std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string render_status_json(const RelayReport& report) {
  Json streams = Json::array();
  for (const StreamReport& stream : report.streams)
    streams.push_back(to_json(stream));
  const Json json = {
      {"version", report.version},
      {"git", report.git_description},
      {"state", format_relay_state(report.state)},
      {"paused", report.is_paused},
      {"trouble", optional_text(report.trouble)},
      {"source",
       {{"connected", report.is_source_connected}, {"reconnects", report.source_reconnects}}},
      {"target",
       {{"connected", report.is_target_connected}, {"reconnects", report.target_reconnects}}},
      {"batches", report.batches},
      {"queue_bytes", report.queue_bytes},
      {"streams", streams},
  };
  return dump(json, 2);
}

std::string render_error_json(const std::string& message) {
  return dump({{"error", message}}, -1);
}

std::string render_accepted_json() {
  return dump({{"status", "accepted"}}, -1);
}

}  // namespace relay
