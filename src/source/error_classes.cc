#include "source/error_classes.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include <mongoc/mongoc.h>

namespace relay {

namespace {

constexpr std::string_view kRightsHint =
    "give the user the role read on the database (readAnyDatabase when tables lie in several "
    "databases): it contains find, changeStream and listCollections";
constexpr std::string_view kLoginHint = "check the user, the password and authSource in source.uri";
constexpr std::string_view kTokenHint =
    "the stored position is not a resume token: set it again (stream.start with a new state file "
    "and without the row in relay.checkpoint)";
constexpr std::string_view kNamespaceHint =
    "change streams exist for ordinary collections only: leave out views, time series, system.* "
    "and the databases admin, local and config";
constexpr std::string_view kVersionHint =
    "use a MongoDB server from 4.2 on; all nodes, and mongos too, of one version";
constexpr std::string_view kTlsHint =
    "check tls, tlsCAFile and tlsCertificateKeyFile in source.uri, and that the certificate names "
    "the host";
constexpr std::string_view kNoDatabaseHint = "the database does not exist yet";

constexpr unsigned bit(SourcePhase phase) {
  return 1U << static_cast<unsigned>(phase);
}
constexpr unsigned kAnyPhase = ~0U;

struct CodeRow {
  std::int64_t first = 0;  // Codes first to last, inclusive.
  std::int64_t last = 0;
  unsigned phases = kAnyPhase;
  ErrorKind kind = ErrorKind::source_unknown;
  std::string_view hint;
};

// The first row that fits wins. Codes are matched by number: the server's texts change, its codes
// do not. Each comment names the price of a wrong guess.
constexpr std::array kCodeRows = {
    // Lost position taken for a passing error: retried for ever, changes silently not arriving.
    // The other way round: a needless repair of all tables.
    CodeRow{286, 286, kAnyPhase, ErrorKind::position_lost, ""},
    // Token of another stream definition. Reopening at its cluster time replays a little, which is
    // harmless; stopping instead would need a person after each change of the settings.
    CodeRow{280, 280, kAnyPhase, ErrorKind::token_not_found, ""},
    // "KeyString format error": a token whose type bits are missing, as written by hand or by
    // another tool. Replaying from its cluster time is harmless; refusing it would cost a visit.
    CodeRow{50'810, 50'826, bit(SourcePhase::open), ErrorKind::token_not_found, ""},
    // The event never gets smaller by waiting: a retry would loop for ever at this place. In other
    // phases the number would speak of our own command, so only the stream's getMore counts.
    CodeRow{10'334, 10'334, bit(SourcePhase::read), ErrorKind::event_too_large, ""},
    // The same when the server splits large events: one field is too large for a fragment.
    CodeRow{7'182'500, 7'182'500, bit(SourcePhase::read), ErrorKind::event_too_large, ""},
    // Not a token at all. Retrying cannot help; beginning somewhere else by ourselves could lose
    // changes.
    CodeRow{9, 9, bit(SourcePhase::open), ErrorKind::source_refused, kTokenHint},
    CodeRow{14, 15, bit(SourcePhase::open), ErrorKind::source_refused, kTokenHint},
    CodeRow{260, 260, bit(SourcePhase::open), ErrorKind::source_refused, kTokenHint},
    CodeRow{40'647, 40'647, bit(SourcePhase::open), ErrorKind::source_refused, kTokenHint},
    CodeRow{40'649, 40'649, bit(SourcePhase::open), ErrorKind::source_refused, kTokenHint},
    // Rights and passwords do not come by waiting, and repeated logins can lock an account. A wrong
    // "stop" ends the relay while an administrator is just granting the role: a restart is cheap.
    CodeRow{13, 13, kAnyPhase, ErrorKind::source_refused, kRightsHint},
    CodeRow{18, 18, kAnyPhase, ErrorKind::source_refused, kLoginHint},
    // A standalone never becomes a replica set without a restart and a command of its operator.
    CodeRow{40'573, 40'573, kAnyPhase, ErrorKind::source_refused, kStandaloneHint},
    // A view stays a view. A wrong "stop" would hit a name being re-created as a collection: rare.
    CodeRow{73, 73, bit(SourcePhase::open), ErrorKind::source_refused, kNamespaceHint},
    CodeRow{166, 166, kAnyPhase, ErrorKind::source_refused, kNamespaceHint},
    // How a view or time series refuses `min` and `max`.
    CodeRow{168, 168, bit(SourcePhase::snapshot), ErrorKind::source_refused, kNamespaceHint},
    // mongos without the database: it comes with the first insert. A misspelt name waits for ever,
    // which the hint is for.
    CodeRow{26, 26, bit(SourcePhase::open), ErrorKind::source_unavailable, kNoDatabaseHint},
    // The cursor is gone, not the position: reopening tells whether that still exists (286).
    // Stopping here would turn every restart of a server into a night call.
    CodeRow{43, 43, kAnyPhase, ErrorKind::source_unavailable, ""},
    CodeRow{136, 136, kAnyPhase, ErrorKind::source_unavailable, ""},
    // The collection was dropped, renamed or changed in the middle of a read (175; 246 on servers
    // that keep snapshots), or the history of the read is gone (239): the read begins anew, and
    // finds what there is now. Stopping would end the relay whenever a collection is dropped.
    CodeRow{175, 175, bit(SourcePhase::snapshot), ErrorKind::source_unavailable, ""},
    CodeRow{175, 175, bit(SourcePhase::look_up), ErrorKind::source_unavailable, ""},
    CodeRow{239, 239, bit(SourcePhase::snapshot), ErrorKind::source_unavailable, ""},
    CodeRow{246, 246, bit(SourcePhase::snapshot), ErrorKind::source_unavailable, ""},
    CodeRow{246, 246, bit(SourcePhase::look_up), ErrorKind::source_unavailable, ""},
    // Killed by an operator, or by a server that is shutting down; our own killCursors is known to
    // the one who sent it.
    CodeRow{237, 237, kAnyPhase, ErrorKind::source_unavailable, ""},
    CodeRow{11'601, 11'601, kAnyPhase, ErrorKind::source_unavailable, ""},
    // Options of newer servers. Could pass by itself during a rolling upgrade, so it stays a case
    // for a few retries, but with advice.
    CodeRow{40'324, 40'324, bit(SourcePhase::open), ErrorKind::source_unknown, kVersionHint},
    CodeRow{40'415, 40'415, bit(SourcePhase::open), ErrorKind::source_unknown, kVersionHint},
};

// Elections, shutdowns, network among the servers, sharding changes. Servers before 4.4 send no
// label with them, and the label is never sent outside a change stream. Taken for passing by the
// drivers' specification (change-streams, "Resumable Error"); waiting is the right answer to each.
// clang-format off
constexpr std::array<std::int64_t, 17> kPassingCodes = {
    6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9'001, 10'107, 11'600, 11'602, 13'388, 13'435,
    13'436};
// clang-format on

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

ErrorClass classify_server(const SourceFailure& failure) {
  for (const CodeRow& row : kCodeRows) {
    const bool is_code = failure.code >= row.first && failure.code <= row.last;
    if (is_code && (row.phases & bit(failure.phase)) != 0) return {row.kind, row.hint};
  }
  if (failure.is_resumable ||
      std::ranges::find(kPassingCodes, failure.code) != kPassingCodes.end()) {
    return {ErrorKind::source_unavailable, ""};
  }
  return {ErrorKind::source_unknown, ""};
}

// libmongoc calls every error during a login an authentication failure, also a connection that
// broke or a server that was shutting down, and drops the code. Only the text tells them apart.
// Taking a passing one for a refusal would stop the relay because a server was restarted at the
// wrong moment; the other way round it would try a wrong password every five seconds.
ErrorClass classify_login(std::string_view text) {
  if (contains_any(text,
                   {"Failed to send",
                    "socket error",
                    "onnection",
                    "timeout",
                    "shut down",
                    "shutdown",
                    "not primary",
                    "nterrupted"})) {
    return {ErrorKind::source_unavailable, ""};
  }
  return {ErrorKind::source_refused, kLoginHint};
}

// A certificate that does not fit, or a file that is not there, stays so. A handshake that was
// merely cut off may be a server going down, so that one is waited for, with the hint.
ErrorClass classify_network(std::string_view text) {
  if (!contains_any(text, {"TLS"})) return {ErrorKind::source_unavailable, ""};
  const bool is_final = contains_any(text,
                                     {"certificate verify failed",
                                      "Failed certificate verification",
                                      "Failed OCSP verification",
                                      "Failed initialize TLS",
                                      "handshake failed: error:"}) &&
                        !contains_any(text, {"unexpected eof"});
  return {is_final ? ErrorKind::source_refused : ErrorKind::source_unavailable, kTlsHint};
}

}  // namespace

ErrorClass classify(const SourceFailure& failure) {
  switch (failure.driver_domain) {
    case MONGOC_ERROR_SERVER:
      return classify_server(failure);
    case MONGOC_ERROR_STREAM:
    case MONGOC_ERROR_SERVER_SELECTION:
      return classify_network(failure.text);
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM:
      return classify_login(failure.text);
    case MONGOC_ERROR_CLIENT:
      if (failure.code == MONGOC_ERROR_CLIENT_AUTHENTICATE) return classify_login(failure.text);
      break;
    case MONGOC_ERROR_PROTOCOL:
      // The driver and the server have no protocol version in common; an upgrade is a person's
      // decision.
      if (failure.code == MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION) {
        return {ErrorKind::source_refused, kVersionHint};
      }
      break;
    default:
      break;
  }
  return {ErrorKind::source_unknown, ""};
}

}  // namespace relay
