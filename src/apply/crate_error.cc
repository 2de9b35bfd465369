#include "apply/crate_error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace relay {
namespace {

using enum ErrorKind;

struct TextRule {
  std::string_view part;  // Of the primary message.
  ErrorKind kind = sink_unknown;
  MessageText text = MessageText::hidden;  // Texts about rows may repeat values.
  std::string_view hint = "";
};

constexpr std::string_view kHintRights =
    "GRANT DQL, DML, DDL ON SCHEMA relay TO role, and the same on the schemas of the tables: "
    "examples/roles/cratedb.sql";
constexpr std::string_view kHintReadOnly =
    "the table is read-only: often the disk is nearly full (95 %), and it goes away with that";

// Of circuit breakers and full queues.
constexpr std::array<std::string_view, 5> kOverloadTexts = {"Data too large, data for [",
                                                            "rejected execution of",
                                                            "would be larger than limit of",
                                                            "circuit_breaking",
                                                            "breaker would use"};

// The first that fits. What a wrong guess costs: see pg_error.cc.
constexpr std::array kTextRules = {
    // "Missing 'DML' privilege for user 'relay'". Rights do not come by waiting.
    TextRule{" privilege for user '", sink_refused, MessageText::shown, kHintRights},
    // Overload. It passes; the same batch again, later.
    TextRule{kOverloadTexts[0], sink_unavailable, MessageText::shown},
    TextRule{kOverloadTexts[1], sink_unavailable, MessageText::shown},
    TextRule{kOverloadTexts[2], sink_unavailable, MessageText::shown},
    TextRule{kOverloadTexts[3], sink_unavailable, MessageText::shown},
    TextRule{kOverloadTexts[4], sink_unavailable, MessageText::shown},
    // Shards that are not there, or not yet: a start, or a node that has gone.
    TextRule{"primary shard is not active", sink_unavailable, MessageText::shown},
    TextRule{"no such shard", sink_unavailable, MessageText::shown},
    TextRule{"CurrentState[", sink_unavailable, MessageText::shown},
    TextRule{"SERVICE_UNAVAILABLE", sink_unavailable, MessageText::shown},
    TextRule{"no master", sink_unavailable, MessageText::shown},
    TextRule{"Timeout: [1m]", sink_unavailable, MessageText::shown},
    TextRule{"clusterState", sink_starting, MessageText::shown},
    TextRule{"Cannot invoke \"", sink_starting, MessageText::shown},
    TextRule{"read-only / allow delete", sink_unavailable, MessageText::shown, kHintReadOnly},
    TextRule{"support or allow ", sink_unavailable, MessageText::shown, kHintReadOnly},
    TextRule{"Job killed", sink_unavailable, MessageText::shown},
    TextRule{"statement_timeout", sink_unavailable, MessageText::shown},
    // Prepared on a connection that is prepared anew.
    TextRule{"No statement found with name", sink_unavailable, MessageText::shown},
    // Values.
    TextRule{"Cannot cast", row_rejected},
    TextRule{"immense term", row_rejected},
    TextRule{"is too large, must be <=", row_rejected},
    TextRule{"looses precision", row_rejected},
    TextRule{"already exists with type", row_rejected},
    TextRule{"incompatible types", row_rejected},
    TextRule{"Cannot add column", row_rejected},
    TextRule{"must not be NULL", row_rejected},
    TextRule{"must not be null", row_rejected},
    TextRule{"Cannot detect the type", row_rejected},
    TextRule{"exceeds allowed range", row_rejected},
    TextRule{"Invalid UTF-8", row_rejected},
    TextRule{"Duplicate field", row_rejected},
    TextRule{"Failed CONSTRAINT", row_rejected},
    TextRule{"contains a dot", row_rejected},
    TextRule{"conflicts with subscript pattern", row_rejected},
    TextRule{"illegal whitespace character", row_rejected},
    TextRule{"can not write type", row_rejected},
    TextRule{"For input string", row_rejected},
    TextRule{"nesting depth", row_rejected},
    TextRule{"Mixed types", row_rejected},
    TextRule{"to type `", row_rejected},
    // The table cannot take the columns that the row brings; others still fit.
    TextRule{"Limit of total columns", row_rejected},
    TextRule{"Limit of max column depth", row_rejected},
};

constexpr std::string_view kUnknownTable = "42P01";
constexpr std::string_view kUnknownSchema = "3F000";
constexpr std::string_view kUnclassified = "XX000";

// Below these, rows are lost or answers change places: docs/targets.md.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;

  auto operator<=>(const Version&) const = default;
};
constexpr std::array kFloors = {Version{6, 2, 11}, Version{6, 3, 5}};

bool parse_version(std::string_view text, Version& version) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int* part : {&version.major, &version.minor, &version.patch}) {
    const auto read = std::from_chars(at, end, *part);
    if (read.ec != std::errc()) return false;
    at = read.ptr;
    if (at != end && *at == '.') ++at;
  }
  return true;
}

}  // namespace

Error make_crate_error(const PgFailure& failure, std::string_view doing) {
  if (is_unknown_table(failure)) {
    // Said for a moment after a start of tables that are there.
    return {sink_starting, make_error(failure, doing).message, ""};
  }
  if (failure.sqlstate != kUnclassified) return make_error(failure, doing);
  const std::string message = std::string(doing) + ": SQLSTATE " + failure.sqlstate;
  const auto rule = std::ranges::find_if(kTextRules, [&](const TextRule& candidate) {
    return failure.message.find(candidate.part) != std::string::npos;
  });
  if (rule == kTextRules.end())
    return {sink_unknown, message, "look into CrateDB's log for the text of the error"};
  if (rule->text == MessageText::hidden) return {rule->kind, message, ""};
  return {rule->kind, message + ": " + failure.message, std::string(rule->hint)};
}

bool is_unknown_table(const PgFailure& failure) {
  return failure.sqlstate == kUnknownTable || failure.sqlstate == kUnknownSchema;
}

bool is_overload(const PgFailure& failure) {
  return std::ranges::any_of(kOverloadTexts, [&](std::string_view part) {
    return failure.message.find(part) != std::string::npos;
  });
}

Status check_crate_version(std::string_view version) {
  Version found;
  const bool is_read = parse_version(version, found);
  bool is_new_enough = is_read && found >= kFloors.front();
  for (const Version& floor : kFloors) {
    const bool is_its_line = found.major == floor.major && found.minor == floor.minor;
    if (is_its_line && found < floor) is_new_enough = false;
  }
  if (is_new_enough) return ok_status();
  return Error{sink_refused,
               "connect to the target: this is CrateDB " + std::string(version) +
                   ", where answers to batches can change places and rows be lost without an error",
               "upgrade CrateDB to 6.2.11, 6.3.5, 6.4 or later"};
}

}  // namespace relay
