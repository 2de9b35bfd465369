// A relay that only looks busy: serves the status page with figures that move, for tests of the
// page and for looking at it.
//
//   fake_relay [PORT [TOKEN]]
//
// Prints the port, and ends when its standard input does.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <string>
#include <unistd.h>

#include "core/clock.h"
#include "server/http_server.h"

namespace relay {
namespace {

TableReport make_table(const std::string& from, const std::string& to, TablePhase phase) {
  TableReport table;
  table.from = from;
  table.to = to;
  table.phase = phase;
  return table;
}

// What is shown `seconds` after the start.
StreamReport make_stream(double seconds) {
  const auto counted = [&](double rate) { return static_cast<std::uint64_t>(rate * seconds); };
  StreamReport stream;
  stream.name = "default";
  stream.position = "8266A1B2C3000000012B022C0100296E5A1004";
  stream.is_running = true;
  stream.is_leader = true;
  stream.lag_seconds = 0.18 + 0.12 * std::sin(seconds / 7);
  stream.oplog_runway_seconds = 93'600 - seconds;
  stream.checkpoint_age_seconds = 0.4;

  TableReport orders = make_table("shop.orders", "sales.orders", TablePhase::streaming);
  orders.upserts = 1'204'118 + counted(2'400);
  orders.deletes = 8'310 + counted(30);
  orders.snapshot_rows = 8'204'551;
  orders.snapshot_rows_estimated = 8'200'000;
  orders.misfits = {{"total", 12}, {"city", 3}};
  TableReport users = make_table("shop.users", "sales.users", TablePhase::snapshot);
  users.upserts = 310;
  users.snapshot_rows = 412'000 + counted(9'000);
  users.snapshot_rows_estimated = 1'900'000;
  users.dead_letters = {{"duplicate_key", {.open = 2, .total = 2}},
                        {"key_too_long", {.open = 1, .total = 4}}};
  TableReport events = make_table("telemetry.device_events_with_a_rather_long_name",
                                  "telemetry.device_events_with_a_rather_long_name",
                                  TablePhase::waiting);
  TableReport old = make_table("shop.old<b>carts</b>", "sales.old_carts", TablePhase::stopped);
  stream.tables = {orders, users, events, old};
  return stream;
}

int serve(int argc, char** argv) {
  SystemClock clock;
  const Clock::TimePoint start = clock.now();
  std::atomic<bool> is_paused = false;
  std::atomic<int> snapshots = 0;
  const RelayFace face{
      .report =
          [&] {
            RelayReport report;
            report.version = "0.1.0";
            report.git_description = "fake";
            report.state = RelayState::snapshot;
            report.is_paused = is_paused;
            report.is_source_connected = true;
            report.is_target_connected = true;
            report.source_reconnects = 1;
            report.batches = 5'230;
            report.queue_bytes = 1'400'000;
            const double seconds = std::chrono::duration<double>(clock.now() - start).count();
            report.streams.push_back(make_stream(seconds));
            report.streams[0].tables[2].snapshot_rows = static_cast<std::uint64_t>(snapshots);
            return report;
          },
      .pause =
          [&] {
            is_paused = true;
            return SteerAnswer{};
          },
      .resume =
          [&] {
            is_paused = false;
            return SteerAnswer{};
          },
      .snapshot =
          [&](const std::string& table) {
            if (!table.starts_with("sales.") && !table.starts_with("telemetry."))
              return SteerAnswer{SteerOutcome::unknown_table, ""};
            ++snapshots;
            return SteerAnswer{};
          }};
  const std::string port = argc > 1 ? argv[1] : "0";
  Result<std::unique_ptr<HttpServer>> server = HttpServer::open(
      {.listen = "127.0.0.1:" + port, .token = Secret(argc > 2 ? argv[2] : "")}, face, clock);
  if (!server.ok()) {
    std::fprintf(stderr, "error: %s\n", server.error().message.c_str());
    return 2;
  }
  std::printf("%d\n", server.value()->port());
  std::fflush(stdout);
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  return relay::serve(argc, argv);
}
