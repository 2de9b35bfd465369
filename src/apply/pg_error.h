// What PostgreSQL's answers mean: SQLSTATE to error kind. Pure: no connection, no libpq.
//
// A primary message may repeat a cell ("invalid input syntax for type integer: ..."), so it is
// shown only for the classes whose messages name things, never for those about rows.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace relay {

// A statement that failed, or the end of a connection.
struct PgFailure {
  std::string sqlstate;  // Empty: the connection broke, this is not an answer of the server.
  std::string severity;  // ERROR, FATAL, PANIC, in English whatever the server speaks.
  std::string message;   // Unfiltered: only make_error() may show it.
  std::string table;     // What the failure is about, as far as the server says.
  std::string column;
  std::string constraint;

  // The session ended with it.
  [[nodiscard]] bool is_disconnect() const { return sqlstate.empty() || severity != "ERROR"; }
};

enum class MessageText { shown, hidden };

struct SqlstateRule {
  std::string_view prefix;  // Of the SQLSTATE: class or whole code.
  ErrorKind kind = ErrorKind::sink_unknown;
  MessageText text = MessageText::hidden;
  std::string_view hint;
};

// The rule with the longest prefix that fits.
const SqlstateRule& rule_for(std::string_view sqlstate);

// `doing`: what we were at, "apply batch rows=500".
Error make_error(const PgFailure& failure, std::string_view doing);

// Names, codes and the text where it is safe: what may be shown of a failure.
std::string describe_failure(const PgFailure& failure);

// libpq gives no code for a failed connection, only a text; with verbosity VERBOSE the code stands
// in it:
// "... FATAL:  28P01: password authentication failed for user ...". Empty: there is none.
std::string find_sqlstate(std::string_view connect_message);

// The line of such a text that says that the two sides do not agree on TLS: a certificate that does
// not fit, a file that is not there, a server without it. Waiting mends none of these. Empty: none.
std::string find_tls_refusal(std::string_view connect_message);

// The last line of such a text that says something, without code and source location.
std::string shorten_connect_message(std::string_view connect_message);

}  // namespace relay
