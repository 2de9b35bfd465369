#include "cli/progress_report.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "observe/log.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kEveryOnTerminal{1};
constexpr std::chrono::seconds kEveryInLog{10};

std::uint64_t rows_of(const std::vector<SnapshotReport>& snapshots) {
  std::uint64_t rows = 0;
  for (const SnapshotReport& snapshot : snapshots)
    rows += snapshot.rows_done;
  return rows;
}

std::string format_time_left(std::uint64_t done, std::uint64_t estimated, double rate) {
  if (rate < 1 || estimated <= done) return "";
  const auto seconds = static_cast<std::uint64_t>(static_cast<double>(estimated - done) / rate);
  char text[48];
  std::snprintf(text,
                sizeof text,
                ", %llu:%02llu left",
                static_cast<unsigned long long>(seconds / 60),
                static_cast<unsigned long long>(seconds % 60));
  return text;
}

}  // namespace

std::string format_snapshots(const std::vector<SnapshotReport>& snapshots, double rows_per_second) {
  if (snapshots.empty()) return "";
  std::uint64_t estimated = 0;
  for (const SnapshotReport& snapshot : snapshots)
    estimated += snapshot.rows_estimated;
  const std::uint64_t done = rows_of(snapshots);
  const bool is_sweep = std::ranges::all_of(snapshots, [](const SnapshotReport& snapshot) {
    return snapshot.state == SnapshotState::sweeping;
  });
  std::string text = is_sweep ? "removing what vanished from " : "snapshot ";
  text += snapshots.size() == 1 ? snapshots.front().table
                                : std::to_string(snapshots.size()) + " tables";
  if (is_sweep) return text;
  text += " " + std::to_string(done) + " of about " + std::to_string(std::max(estimated, done)) +
          " rows";
  char rate[32];
  std::snprintf(rate, sizeof rate, ", %.0f/s", rows_per_second);
  return text + rate + format_time_left(done, estimated, rows_per_second);
}

ProgressReport::ProgressReport(Clock& clock)
    : clock_(clock),
      terminal_(find_terminal(STDERR_FILENO)),
      line_([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
            clock,
            {.terminal = terminal_}),
      since_(clock.now()) {}

bool ProgressReport::is_due() {
  return clock_.now() - since_ >= (terminal_.is_terminal ? kEveryOnTerminal : kEveryInLog);
}

void ProgressReport::update(const ProgressSum& now) {
  const double seconds = std::chrono::duration<double>(clock_.now() - since_).count();
  const double rate = static_cast<double>(now.events - events_) / seconds;
  const std::uint64_t rows = rows_of(now.snapshots);
  // Rows of tables that are done are no longer counted.
  const double snapshot_rate =
      rows > snapshot_rows_ ? static_cast<double>(rows - snapshot_rows_) / seconds : 0;
  const bool is_news = now.events != events_ || rows != snapshot_rows_;
  events_ = now.events;
  snapshot_rows_ = rows;
  since_ = clock_.now();
  const std::string snapshots = format_snapshots(now.snapshots, snapshot_rate);
  if (terminal_.is_terminal) {
    char text[160];
    std::snprintf(
        text,
        sizeof text,
        "events %llu  rate %.0f/s  lag %.1f s  upserts %llu  deletes %llu  dead letters %llu",
        static_cast<unsigned long long>(now.events),
        rate,
        now.lag_seconds,
        static_cast<unsigned long long>(now.upserts),
        static_cast<unsigned long long>(now.deletes),
        static_cast<unsigned long long>(now.dead_letters));
    line_.update(snapshots.empty() ? text : std::string(text) + "  " + snapshots);
    return;
  }
  if (!is_news) return;
  log_info("progress",
           {{"events", now.events},
            {"rate", rate},
            {"lag_seconds", now.lag_seconds},
            {"upserts", now.upserts},
            {"deletes", now.deletes},
            {"dead_letters", now.dead_letters}});
  for (const SnapshotReport& snapshot : now.snapshots) {
    log_info("snapshot progress",
             {{"table", snapshot.table},
              {"state", format_snapshot_state(snapshot.state)},
              {"rows", snapshot.rows_done},
              {"rows_estimated", snapshot.rows_estimated},
              {"rate", snapshot_rate}});
  }
}

}  // namespace relay
