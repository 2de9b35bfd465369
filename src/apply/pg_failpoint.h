// Failpoints on a connection to the target. Private to apply/.
#pragma once

#include <optional>

#include <sys/socket.h>

#include "apply/pg_connection.h"
#include "apply/pg_error.h"
#include "core/failpoint.h"

namespace relay {

// What the point raises, after which the connection is good for nothing more. Cutting shuts its
// socket down, as a network does: neither libpq nor the server is told.
inline Status pass_or_fail(Failpoint point, const PgConnection& connection) {
  return pass_or_fail(point, [&connection] {
    static_cast<void>(shutdown(PQsocket(connection.handle()), SHUT_RDWR));
  });
}

// The same as an answer of the server, or, behind COMMIT, as a connection that broke.
inline std::optional<PgFailure> raise_at(Failpoint point, const PgConnection& connection) {
  const Status passed = pass_or_fail(point, connection);
  if (passed.ok()) return std::nullopt;
  PgFailure failure;
  failure.severity = "ERROR";
  failure.message = passed.error().message;
  if (passed.error().kind == ErrorKind::sink_unavailable) failure.sqlstate = "40001";
  if (passed.error().kind == ErrorKind::sink_refused) failure.sqlstate = "42501";
  return failure;
}

}  // namespace relay
