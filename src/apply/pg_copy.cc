#include "apply/pg_copy.h"

#include <utility>

#include "apply/copy_format.h"
#include "apply/pg_pipeline.h"
#include "core/check.h"

namespace relay {
namespace {

PgFailure give_up(PgConnection& connection) {
  connection.abandon();
  return lost_failure(connection);
}

// Reads to the end of the answer, which begins with `result` (null: nothing was read yet).
std::optional<PgFailure> read_end(PgConnection& connection, PgConnection::ResultHandle result) {
  std::optional<PgFailure> failure;
  bool is_done = false;
  if (result == nullptr) result = connection.next_result();
  for (; result != nullptr; result = connection.next_result()) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK) {
      is_done = true;
    } else if (status == PGRES_FATAL_ERROR) {
      if (!failure) failure = read_failure(result.get());
      if (failure->sqlstate.empty()) return give_up(connection);
    } else {
      return give_up(connection);
    }
  }
  if (!failure && !is_done) return give_up(connection);
  return failure;
}

std::optional<PgFailure> send(PgConnection& connection,
                              const std::string& sql,
                              const RowBlock& block,
                              const std::vector<bool>& is_jsonb) {
  PGconn* handle = connection.handle();
  if (PQsendQuery(handle, sql.c_str()) != 1 || !connection.flush()) return give_up(connection);
  PgConnection::ResultHandle ready = connection.next_result();
  if (ready == nullptr) return give_up(connection);
  if (PQresultStatus(ready.get()) != PGRES_COPY_IN) return read_end(connection, std::move(ready));
  const bool is_sent = write_copy(block, is_jsonb, [&](std::string_view bytes) {
    // Not 1 also when the server has refused a row already: read_end() tells.
    return PQputCopyData(handle, bytes.data(), static_cast<int>(bytes.size())) == 1 &&
           connection.flush();
  });
  if (is_sent && (PQputCopyEnd(handle, nullptr) != 1 || !connection.flush()))
    return give_up(connection);
  return read_end(connection, nullptr);
}

}  // namespace

std::optional<PgFailure> copy_rows(PgConnection& connection,
                                   const std::string& sql,
                                   const RowBlock& block,
                                   const std::vector<bool>& is_jsonb) {
  if (!connection.is_open()) return lost_failure(connection);
  CHECK(PQexitPipelineMode(connection.handle()) == 1, "nothing is under way");
  std::optional<PgFailure> failure = send(connection, sql, block, is_jsonb);
  if (connection.is_open())
    CHECK(PQenterPipelineMode(connection.handle()) == 1, "a COPY that ended is under way no more");
  return failure;
}

}  // namespace relay
