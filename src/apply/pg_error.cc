#include "apply/pg_error.h"

#include <algorithm>
#include <array>

namespace relay {
namespace {

using enum ErrorKind;
using enum MessageText;

constexpr std::string_view kHintPooler =
    "connect to the server itself, or to a pooler in session mode: prepared statements and "
    "settings have to last as long as the connection";
constexpr std::string_view kHintTable =
    "the table was changed or dropped under the running relay: restart it, and it will say what "
    "does not fit";

// Every row says what a wrong guess costs. "Retry" is wrong when nobody will mend it (the relay
// waits for ever, visibly); "stop" is wrong when it would have passed (an operator's visit at
// night); "reject the row" is wrong when the row is fine (a dead letter to be retried by hand).
constexpr std::array kRules = {
    // Not classified. The policy tries a few times and stops: never skips, never waits for ever.
    SqlstateRule{"", sink_unknown, hidden, ""},
    // Connection trouble. Stopping would turn every network fault into a visit.
    SqlstateRule{"08", sink_unavailable, shown, ""},
    // Feature not supported: a foreign table, a view, a rule on the table. Retrying never helps.
    SqlstateRule{"0A", sink_refused, shown, kHintTable},
    // The same key twice in one statement. Our bug: rejecting the row would hide it.
    SqlstateRule{"21", internal, shown, ""},
    // Values: class 22 and constraints: class 23. Stopping would let one bad document stop
    // everything;
    // a constraint that refuses every row stops the relay by the limit of dead letters.
    SqlstateRule{"22", row_rejected, hidden, ""},
    SqlstateRule{"23", row_rejected, hidden, ""},
    // Transaction state. 25P02 after an error of ours, others never seen: a few tries.
    SqlstateRule{"25", sink_unknown, shown, ""},
    // Read only: a standby, or a server whose disk was full. Passes with a failover; stopping would
    // end every relay during one.
    SqlstateRule{
        "25006",
        sink_unavailable,
        shown,
        "the server is read-only: a standby, or default_transaction_read_only is on; point "
        "target.uri at the primary (target_session_attrs=read-write)"},
    // We were too slow in the middle of a transaction (paused process). Nothing was committed.
    SqlstateRule{"25P03", sink_unavailable, shown, ""},
    // A prepared statement that is not there, or is there already: somebody shares our session.
    SqlstateRule{"26000", sink_refused, shown, kHintPooler},
    SqlstateRule{"42P05", sink_refused, shown, kHintPooler},
    // Wrong password, no such role, not in pg_hba.conf. Waiting would lock accounts on some
    // servers.
    SqlstateRule{"28",
                 sink_refused,
                 shown,
                 "check user and password in target.uri, and pg_hba.conf of the server"},
    SqlstateRule{"3D000", sink_refused, shown, "create the database, or correct target.uri"},
    SqlstateRule{"3F000", sink_refused, shown, kHintTable},
    // Serialization failure, deadlock: the standard says repeat, and repeating is what retry does.
    SqlstateRule{"40", sink_unavailable, shown, ""},
    // Names, types, syntax. Retrying never helps; nothing of the batch is lost by stopping.
    SqlstateRule{"42", sink_refused, shown, kHintTable},
    // No right. The caller adds the GRANT line where it knows it.
    SqlstateRule{"42501", sink_refused, shown, "grant the right that is missing: docs/targets.md"},
    // WITH CHECK OPTION refuses a row, as a constraint does.
    SqlstateRule{"44", row_rejected, hidden, ""},
    // Disk full, out of memory, too many connections: somebody is mending it, or the batch is too
    // large, which the relay cannot know. Rejecting rows would drain a whole collection into
    // letters.
    SqlstateRule{"53", sink_unavailable, shown, ""},
    // A row beyond a limit of the program: key too long for its index, nesting too deep. If it were
    // the statement as a whole, isolating would find no guilty row and say so.
    SqlstateRule{"54", row_rejected, shown, ""},
    // Object in use, lock not available: passes.
    SqlstateRule{"55006", sink_unavailable, shown, ""},
    SqlstateRule{"55P03", sink_unavailable, shown, ""},
    // Shutdown, crash, starting up, cancelled. The server comes back; stopping would end every
    // relay
    // at each restart of PostgreSQL.
    SqlstateRule{"57", sink_unavailable, shown, ""},
    SqlstateRule{"57014",
                 sink_unavailable,
                 shown,
                 "the statement ran into target.statement_timeout: look for locks on the table "
                 "(pg_locks), or raise it"},
    SqlstateRule{"57P04", sink_refused, shown, "the database was dropped: correct target.uri"},
    // Errors of the system below the server, mostly its disk. They pass or are mended there.
    SqlstateRule{"58", sink_unavailable, shown, ""},
    // A trigger of the user's refuses the row; its text may hold anything.
    SqlstateRule{"P0", row_rejected, hidden, ""},
};

}  // namespace

const SqlstateRule& rule_for(std::string_view sqlstate) {
  const SqlstateRule* best = &kRules.front();
  for (const SqlstateRule& rule : kRules) {
    if (sqlstate.starts_with(rule.prefix) && rule.prefix.size() > best->prefix.size()) best = &rule;
  }
  return *best;
}

std::string describe_failure(const PgFailure& failure) {
  if (failure.sqlstate.empty()) return failure.message;
  const SqlstateRule& rule = rule_for(failure.sqlstate);
  std::string text = "SQLSTATE " + failure.sqlstate;
  if (!failure.table.empty()) text += " table=" + failure.table;
  if (!failure.column.empty()) text += " column=" + failure.column;
  if (!failure.constraint.empty()) text += " constraint=" + failure.constraint;
  if (rule.text == MessageText::shown && !failure.message.empty()) text += ": " + failure.message;
  return text;
}

Error make_error(const PgFailure& failure, std::string_view doing) {
  const std::string message = std::string(doing) + ": " + describe_failure(failure);
  if (failure.sqlstate.empty()) return {ErrorKind::sink_unavailable, message, ""};
  const SqlstateRule& rule = rule_for(failure.sqlstate);
  return {rule.kind, message, std::string(rule.hint)};
}

std::string find_sqlstate(std::string_view connect_message) {
  // "SEVERITY:  CODE: text"; the severity may be translated. The last one counts: libpq appends one
  // message for each address and each way (with and without TLS) it has tried.
  std::string found;
  constexpr std::size_t kCode = 5;
  for (std::size_t at = connect_message.find(":  "); at != std::string_view::npos;
       at = connect_message.find(":  ", at + 1)) {
    const std::string_view code = connect_message.substr(at + 3, kCode);
    const bool is_code = code.size() == kCode && std::ranges::all_of(code, [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                         });
    if (is_code && connect_message.substr(at + 3 + kCode).starts_with(": ")) found = code;
  }
  return found;
}

std::string find_tls_refusal(std::string_view connect_message) {
  // The words of libpq and OpenSSL; there is no code. Taking an outage for a refusal would stop the
  // relay during a restart of the server, but a handshake that is cut off says none of these.
  constexpr std::array<std::string_view, 4> kRefusals = {"certificate verify failed",
                                                         "does not match host name",
                                                         "does not support SSL",
                                                         "certificate file"};
  for (const std::string_view words : kRefusals) {
    const std::size_t at = connect_message.find(words);
    if (at == std::string_view::npos) continue;
    const std::size_t begin = connect_message.rfind('\n', at) + 1;  // npos + 1 is 0.
    return std::string(connect_message.substr(begin, connect_message.find('\n', at) - begin));
  }
  return {};
}

std::string shorten_connect_message(std::string_view connect_message) {
  const std::string code = find_sqlstate(connect_message);
  std::string shortened;
  while (!connect_message.empty()) {
    const std::size_t end = std::min(connect_message.find('\n'), connect_message.size());
    std::string_view line = connect_message.substr(0, end);
    connect_message.remove_prefix(std::min(end + 1, connect_message.size()));
    if (!code.empty()) {
      const std::size_t at = line.find(":  " + code + ": ");
      if (at == std::string_view::npos) continue;
      line.remove_prefix(at + code.size() + 5);
    }
    // Indented lines are libpq's questions to the reader ("Is the server running ...?").
    if (!line.empty() && !line.starts_with('\t')) shortened = line;
  }
  return shortened;
}

}  // namespace relay
