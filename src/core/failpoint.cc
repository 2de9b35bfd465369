#include "core/failpoint.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <unistd.h>

namespace relay {
namespace {

using enum Failpoint;

constexpr char kVariable[] = "RELAY_FAILPOINT";
constexpr std::chrono::milliseconds kDelay{300};

constexpr std::array kPoints = {
    FailpointInfo{stream_open_before, "stream.open.before", FailSide::source},
    FailpointInfo{stream_open_after, "stream.open.after", FailSide::source},
    FailpointInfo{reply_before, "reply.before", FailSide::source},
    FailpointInfo{reply_after, "reply.after", FailSide::source},
    FailpointInfo{chunk_before, "chunk.before", FailSide::source},
    FailpointInfo{chunk_after, "chunk.after", FailSide::source},
    FailpointInfo{decode_before, "decode.before", FailSide::decoder},
    FailpointInfo{decode_after, "decode.after", FailSide::decoder},
    FailpointInfo{look_up_before, "look_up.before", FailSide::source},
    FailpointInfo{look_up_after, "look_up.after", FailSide::source},
    FailpointInfo{postgres_books_before, "postgres.books.before", FailSide::target},
    FailpointInfo{postgres_books_sent, "postgres.books.sent", FailSide::target},
    FailpointInfo{postgres_claim_before, "postgres.claim.before", FailSide::target},
    FailpointInfo{postgres_claim_after, "postgres.claim.after", FailSide::target},
    FailpointInfo{postgres_table_before, "postgres.table.before", FailSide::target},
    FailpointInfo{postgres_table_sent, "postgres.table.sent", FailSide::target},
    FailpointInfo{postgres_begin_before, "postgres.begin.before", FailSide::target},
    FailpointInfo{postgres_begin_sent, "postgres.begin.sent", FailSide::target},
    FailpointInfo{postgres_position_sent, "postgres.position.sent", FailSide::target},
    FailpointInfo{postgres_rows_before, "postgres.rows.before", FailSide::target},
    FailpointInfo{postgres_rows_sent, "postgres.rows.sent", FailSide::target},
    FailpointInfo{postgres_copy_before, "postgres.copy.before", FailSide::target},
    FailpointInfo{postgres_copy_data, "postgres.copy.data", FailSide::target},
    FailpointInfo{postgres_copy_after, "postgres.copy.after", FailSide::target},
    FailpointInfo{postgres_letters_before, "postgres.letters.before", FailSide::target},
    FailpointInfo{postgres_letters_sent, "postgres.letters.sent", FailSide::target},
    FailpointInfo{postgres_snapshot_before, "postgres.snapshot.before", FailSide::target},
    FailpointInfo{postgres_snapshot_sent, "postgres.snapshot.sent", FailSide::target},
    FailpointInfo{postgres_commit_before, "postgres.commit.before", FailSide::target},
    FailpointInfo{postgres_commit_sent, "postgres.commit.sent", FailSide::commit},
    FailpointInfo{postgres_commit_answered, "postgres.commit.answered", FailSide::commit},
    FailpointInfo{postgres_renew_before, "postgres.renew.before", FailSide::target},
    FailpointInfo{postgres_renew_after, "postgres.renew.after", FailSide::target},
    FailpointInfo{crate_claim_before, "crate.claim.before", FailSide::target},
    FailpointInfo{crate_claim_after, "crate.claim.after", FailSide::target},
    FailpointInfo{crate_table_before, "crate.table.before", FailSide::target},
    FailpointInfo{crate_table_after, "crate.table.after", FailSide::target},
    FailpointInfo{crate_round_before, "crate.round.before", FailSide::target},
    FailpointInfo{crate_round_sent, "crate.round.sent", FailSide::target},
    FailpointInfo{crate_round_answered, "crate.round.answered", FailSide::target},
    FailpointInfo{crate_rows_written, "crate.rows.written", FailSide::target},
    FailpointInfo{crate_letter_before, "crate.letter.before", FailSide::target},
    FailpointInfo{crate_letter_after, "crate.letter.after", FailSide::target},
    FailpointInfo{crate_position_before, "crate.position.before", FailSide::target},
    FailpointInfo{crate_position_after, "crate.position.after", FailSide::target},
    FailpointInfo{crate_snapshot_before, "crate.snapshot.before", FailSide::target},
    FailpointInfo{crate_snapshot_after, "crate.snapshot.after", FailSide::target},
    FailpointInfo{crate_renew_before, "crate.renew.before", FailSide::target},
    FailpointInfo{crate_renew_after, "crate.renew.after", FailSide::target},
    FailpointInfo{store_write_before, "store.write.before", FailSide::store},
    FailpointInfo{store_commit_before, "store.commit.before", FailSide::store},
    FailpointInfo{store_commit_after, "store.commit.after", FailSide::store},
    FailpointInfo{stop_requested, "stop.requested", FailSide::nobody},
    FailpointInfo{stop_draining, "stop.draining", FailSide::nobody},
    FailpointInfo{stop_saved, "stop.saved", FailSide::nobody},
    FailpointInfo{stop_release_before, "stop.release.before", FailSide::nobody},
    FailpointInfo{stop_release_after, "stop.release.after", FailSide::nobody},
    FailpointInfo{stop_ended, "stop.ended", FailSide::nobody},
};

constexpr std::array kActions = {FailAction::abort,
                                 FailAction::retryable,
                                 FailAction::fatal,
                                 FailAction::delay,
                                 FailAction::cut};

void say(const std::string& line) {
  std::fputs(line.c_str(), stderr);  // Without a buffer: it is out before the process is killed.
}

// A test that asks for something else than it means would pass without having tested anything.
[[noreturn]] void refuse(const std::string& wanted) {
  say("error: " + std::string(kVariable) + "=" + wanted +
      "\ntry: POINT:ACTION:HIT, an action that the point knows, hits counted from 1\n");
  _exit(2);
}

struct Wanted {
  Failpoint point = stream_open_before;
  FailAction action = FailAction::abort;
  std::uint64_t hit = 0;  // 0: nothing is wanted.
};

Wanted read_environment() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment.
  const char* text = std::getenv(kVariable);
  if (text == nullptr || *text == '\0') return {};
  const std::string_view all = text;
  const std::size_t first = all.find(':');
  const std::size_t second = all.rfind(':');
  if (first == std::string_view::npos || second == first) refuse(text);
  const auto info = std::ranges::find(kPoints, all.substr(0, first), &FailpointInfo::name);
  const auto action =
      std::ranges::find(kActions, all.substr(first + 1, second - first - 1), format_action);
  const std::string_view number = all.substr(second + 1);
  Wanted wanted;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), wanted.hit);
  const bool is_number = read.ec == std::errc() && read.ptr == number.data() + number.size();
  if (info == kPoints.end() || action == kActions.end() || !is_number || wanted.hit == 0 ||
      !knows_action(info->side, *action)) {
    refuse(text);
  }
  wanted.point = info->point;
  wanted.action = *action;
  return wanted;
}

const FailpointInfo& info_of(Failpoint point) {
  return kPoints[static_cast<std::size_t>(point)];
}

}  // namespace

std::span<const FailpointInfo> all_failpoints() {
  return kPoints;
}

bool knows_action(FailSide side, FailAction action) {
  if (action == FailAction::abort || action == FailAction::delay) return true;
  switch (side) {
    case FailSide::nobody:
      return false;
    case FailSide::decoder:
    case FailSide::store:
      return action == FailAction::fatal;
    case FailSide::source:
    case FailSide::target:
    case FailSide::commit:
      return true;
  }
  return false;
}

std::string_view format_action(FailAction action) {
  switch (action) {
    case FailAction::abort:
      return "abort";
    case FailAction::retryable:
      return "retryable";
    case FailAction::fatal:
      return "fatal";
    case FailAction::delay:
      return "delay";
    case FailAction::cut:
      return "cut";
  }
  return "?";
}

std::optional<FailAction> reach(Failpoint point) {
  static const Wanted wanted = read_environment();
  static std::atomic<std::uint64_t> hits = 0;
  if (wanted.hit == 0 || wanted.point != point || ++hits != wanted.hit) return std::nullopt;
  say("failpoint " + std::string(info_of(point).name) + " " +
      std::string(format_action(wanted.action)) + "\n");
  if (wanted.action == FailAction::abort) {
    static_cast<void>(kill(getpid(), SIGKILL));
    for (;;)
      pause();  // Until it has arrived.
  }
  if (wanted.action != FailAction::delay) return wanted.action;
  std::this_thread::sleep_for(kDelay);
  return std::nullopt;
}

Error failpoint_error(Failpoint point, FailAction action) {
  const bool is_fatal = action == FailAction::fatal;
  const std::string message = "failpoint " + std::string(info_of(point).name);
  switch (info_of(point).side) {
    case FailSide::nobody:
      break;
    case FailSide::source:
      return {is_fatal ? ErrorKind::source_refused : ErrorKind::source_unavailable, message, ""};
    case FailSide::decoder:
      return {ErrorKind::bad_document, message, ""};
    case FailSide::target:
      return {is_fatal ? ErrorKind::sink_refused : ErrorKind::sink_unavailable, message, ""};
    case FailSide::commit:
      return {is_fatal ? ErrorKind::sink_refused : ErrorKind::sink_in_doubt, message, ""};
    case FailSide::store:
      return {ErrorKind::store_failed, message, ""};
  }
  return {ErrorKind::internal, message, ""};
}

}  // namespace relay
