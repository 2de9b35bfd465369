// A report with something in every place, for tests of what is made from reports.
#pragma once

#include "observe/relay_report.h"

namespace relay {

inline TableReport sample_table() {
  TableReport table;
  table.from = "shop.orders";
  table.to = "sales.orders";
  table.phase = TablePhase::snapshot;
  table.snapshot_rows = 1'200;
  table.snapshot_rows_estimated = 4'800;
  table.upserts = 310;
  table.deletes = 12;
  table.events = {{"delete", 12}, {"insert", 300}, {"update", 10}};
  table.misfits = {{"total", 3}, {"city", 1}};
  table.dead_letters = {{"duplicate_key", {.open = 2, .total = 5}},
                        {"key_too_long", {.open = 0, .total = 1}}};
  return table;
}

inline RelayReport sample_report() {
  RelayReport report;
  report.version = "0.1.0";
  report.git_description = "abc1234";
  report.state = RelayState::snapshot;
  report.is_source_connected = true;
  report.is_target_connected = true;
  report.batches = 42;
  report.queue_bytes = 1'048'576;
  report.large_events = 3;
  report.source_reconnects = 1;
  report.target_reconnects = 2;
  report.apply_seconds.add(0.002);
  report.apply_seconds.add(0.25);
  report.apply_seconds.add(90);

  StreamReport stream;
  stream.name = "default";
  stream.position = "8266C0FFEE";
  stream.is_running = true;
  stream.is_leader = true;
  stream.lag_seconds = 0.25;
  stream.oplog_runway_seconds = 86'400;
  stream.checkpoint_age_seconds = 0.5;
  stream.tables.push_back(sample_table());
  TableReport quiet;
  quiet.from = "shop.users";
  quiet.to = "shop.users";
  stream.tables.push_back(quiet);
  report.streams.push_back(stream);

  report.threads.push_back(
      {"relay-read", Clock::TimePoint(std::chrono::seconds(3'600)), std::chrono::seconds(30)});
  report.threads.push_back(
      {"relay-apply", Clock::TimePoint(std::chrono::seconds(3'600)), std::chrono::seconds(90)});
  return report;
}

}  // namespace relay
