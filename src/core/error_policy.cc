#include "core/error_policy.h"

namespace relay {

namespace {

constexpr std::string_view kHintTablesGone =
    "look whether the tables of schema relay and the collections' are there; a restart makes those "
    "that are missing";
constexpr std::string_view kHintRepair =
    "stream.on_position_lost = \"repair\" copies the tables again and goes on from now; nothing "
    "was changed yet";
constexpr std::string_view kHintDropped =
    "start with on_drop = \"keep\" or \"truncate\" for the table to go on behind the event";
constexpr std::string_view kHintTwoRelays =
    "stop the other relay: one stream has one relay, and a target holds one stream of a name";

// A large event never gets smaller by waiting, and a retry would loop for ever. What is left out of
// it can be looked up by its key; when even that is too large, nobody can say what the event was.
constexpr std::string_view kHintLargeKey =
    "not even the key of the document fits into an event: only a start behind it helps, "
    "stream.start with a new state file and without the row in relay.checkpoint";

}  // namespace

Policy policy_for(ErrorKind kind) {
  // No default: a new ErrorKind must not compile until someone has decided here.
  switch (kind) {
    case ErrorKind::source_unavailable:
      return {Action::retry, ExitCode::source, "check source.uri and that the servers are up"};
    case ErrorKind::source_unknown:
      // A wrong "stop" costs an operator's visit, a wrong "retry for ever" hides trouble for days.
      return {
          Action::retry_few, ExitCode::source, "look the code up in the server's documentation"};
    case ErrorKind::source_refused:
      return {Action::stop, ExitCode::source, "check the user, its roles and source.uri"};
    case ErrorKind::token_not_found:
      // Happens when the stream's definition changed under a token. Replaying from the same cluster
      // time is harmless, because writes are idempotent.
      return {Action::reopen_at_time, ExitCode::source, ""};
    case ErrorKind::position_lost:
      // What happened since is not in the stream any more: only the collections themselves know.
      return {Action::resnapshot, ExitCode::source, kHintRepair};
    case ErrorKind::collection_dropped:
      return {Action::stop, ExitCode::source, kHintDropped};
    case ErrorKind::event_too_large:
      return {Action::leave_out, ExitCode::source, kHintLargeKey};
    case ErrorKind::sink_unavailable:
      return {Action::retry, ExitCode::target, "check target.uri and that the server is up"};
    case ErrorKind::sink_in_doubt:
      // The commit may or may not have happened. The row in relay.checkpoint moved with the rows,
      // so reading it after reconnecting says which; repeating the batch is safe in any case.
      return {Action::retry, ExitCode::target, ""};
    case ErrorKind::sink_unknown:
      return {Action::retry_few,
              ExitCode::target,
              "look the SQLSTATE up in the server's documentation"};
    case ErrorKind::sink_starting:
      // A table that is really gone costs its owner this wait; a stop would leave the relay down
      // after each restart of the target.
      return {Action::retry_start, ExitCode::target, kHintTablesGone};
    case ErrorKind::sink_refused:
      return {Action::stop, ExitCode::target, "check the role, its rights and target.uri"};
    case ErrorKind::row_rejected:
      return {Action::isolate_row, ExitCode::target, ""};
    case ErrorKind::lease_held:
      // The holder may be a relay that was killed a moment ago: then its lease ends by itself. One
      // that is alive renews it, and goes on holding the stream.
      return {Action::wait_for_lease, ExitCode::lease, kHintTwoRelays};
    case ErrorKind::lease_lost:
      return {Action::stop, ExitCode::lease, kHintTwoRelays};
    case ErrorKind::bad_document:
      return {
          Action::stop, ExitCode::source, "report the error together with the server's version"};
    case ErrorKind::store_failed:
      return {Action::stop,
              ExitCode::state_file,
              "check state.path: the folder, its rights and its free space"};
    case ErrorKind::store_locked:
      return {Action::stop,
              ExitCode::lease,
              "stop the other relay, or give this one its own state.path"};
    case ErrorKind::config_invalid:
      return {Action::stop, ExitCode::usage, "relay config reference names every setting"};
    case ErrorKind::check_failed:
      return {Action::stop, ExitCode::check_failed, "what the lines above say"};
    case ErrorKind::stopped:
      return {Action::stop, ExitCode::done, ""};
    case ErrorKind::internal:
      return {Action::stop, ExitCode::bug, "report this; restarting is safe, nothing is lost"};
  }
  return {};
}

std::string_view format_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::source_unavailable:
      return "source_unavailable";
    case ErrorKind::source_unknown:
      return "source_unknown";
    case ErrorKind::source_refused:
      return "source_refused";
    case ErrorKind::token_not_found:
      return "token_not_found";
    case ErrorKind::position_lost:
      return "position_lost";
    case ErrorKind::collection_dropped:
      return "collection_dropped";
    case ErrorKind::event_too_large:
      return "event_too_large";
    case ErrorKind::sink_unavailable:
      return "sink_unavailable";
    case ErrorKind::sink_in_doubt:
      return "sink_in_doubt";
    case ErrorKind::sink_unknown:
      return "sink_unknown";
    case ErrorKind::sink_starting:
      return "sink_starting";
    case ErrorKind::sink_refused:
      return "sink_refused";
    case ErrorKind::row_rejected:
      return "row_rejected";
    case ErrorKind::lease_held:
      return "lease_held";
    case ErrorKind::lease_lost:
      return "lease_lost";
    case ErrorKind::bad_document:
      return "bad_document";
    case ErrorKind::store_failed:
      return "store_failed";
    case ErrorKind::store_locked:
      return "store_locked";
    case ErrorKind::config_invalid:
      return "config_invalid";
    case ErrorKind::check_failed:
      return "check_failed";
    case ErrorKind::stopped:
      return "stopped";
    case ErrorKind::internal:
      return "internal";
  }
  return "?";
}

}  // namespace relay
