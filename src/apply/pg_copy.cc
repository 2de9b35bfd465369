#include "apply/pg_copy.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "apply/copy_format.h"
#include "apply/pg_failpoint.h"
#include "apply/pg_pipeline.h"
#include "core/check.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

std::vector<bool> jsonb_columns(const TableMapping& mapping) {
  std::vector<bool> is_jsonb;
  for (const ShapeColumn& column : shape_of(mapping))
    is_jsonb.push_back(column.type.name == TypeName::json);
  return is_jsonb;
}

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
  const std::optional<PgFailure> raised = raise_at(Failpoint::postgres_copy_data, connection);
  const char* const complaint = raised ? raised->message.c_str() : nullptr;
  if (is_sent && (PQputCopyEnd(handle, complaint) != 1 || !connection.flush()))
    return give_up(connection);
  std::optional<PgFailure> failure = read_end(connection, nullptr);
  return raised ? raised : failure;
}

std::uint64_t take_number(std::string_view& bytes, std::size_t size) {
  CHECK(bytes.size() >= size, "a number is in one piece");
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, size))
    number = number << 8U | static_cast<unsigned char>(byte);
  bytes.remove_prefix(size);
  return number;
}

// The binary form (PostgreSQL's documentation of COPY): a header, then for each row the number of
// its cells, and for each cell its length (all bits: NULL) and its bytes; all bits instead of a
// number of cells end it. The server sends a piece a row; the header is in the first.
class CopyReader {
 public:
  explicit CopyReader(const CopyVisit& visit) : visit_(visit) {}

  // False: no more rows are wanted.
  bool take(std::string_view piece) {
    constexpr std::size_t kHeaderBytes = 19;  // Without extensions, of which there are none.
    constexpr std::uint64_t kEnd = 0xFFFF;
    if (!std::exchange(has_header_, true)) {
      CHECK(piece.starts_with("PGCOPY\n"), "what COPY sends in binary form");
      piece.remove_prefix(std::min(piece.size(), kHeaderBytes));
    }
    if (piece.empty()) return true;
    const std::uint64_t count = take_number(piece, 2);
    if (count == kEnd) return true;
    cells_.clear();
    for (std::uint64_t i = 0; i < count; ++i)
      take_cell(piece);
    CHECK(piece.empty(), "a row a piece");
    return visit_(cells_);
  }

 private:
  void take_cell(std::string_view& piece) {
    constexpr std::uint64_t kNull = 0xFFFFFFFF;
    const std::uint64_t length = take_number(piece, 4);
    cells_.emplace_back();
    if (length == kNull) return;
    CHECK(piece.size() >= length, "a cell is in one piece");
    cells_.back() = piece.substr(0, length);
    piece.remove_prefix(length);
  }

  const CopyVisit& visit_;
  bool has_header_ = false;
  std::vector<std::optional<std::string_view>> cells_;
};

std::optional<PgFailure> receive(PgConnection& connection,
                                 const std::string& sql,
                                 const CopyVisit& visit) {
  if (PQsendQuery(connection.handle(), sql.c_str()) != 1 || !connection.flush())
    return give_up(connection);
  PgConnection::ResultHandle ready = connection.next_result();
  if (ready == nullptr) return give_up(connection);
  if (PQresultStatus(ready.get()) != PGRES_COPY_OUT) return read_end(connection, std::move(ready));
  CopyReader reader(visit);
  for (;;) {
    const PgConnection::CopyPiece piece = connection.next_copy_piece();
    if (piece.size == -1) return read_end(connection, nullptr);
    if (piece.size < 0) return give_up(connection);
    if (!reader.take({piece.bytes.get(), static_cast<std::size_t>(piece.size)}))
      return give_up(connection);
  }
}

// Leaves pipeline mode for as long as `copy` takes.
template <class Copy>
std::optional<PgFailure> outside_of_pipeline(PgConnection& connection, const Copy& copy) {
  if (!connection.is_open()) return lost_failure(connection);
  CHECK(PQexitPipelineMode(connection.handle()) == 1, "nothing is under way");
  std::optional<PgFailure> failure = copy();
  if (connection.is_open())
    CHECK(PQenterPipelineMode(connection.handle()) == 1, "a COPY that ended is under way no more");
  return failure;
}

}  // namespace

std::optional<PgFailure> read_rows(PgConnection& connection,
                                   const std::string& sql,
                                   const CopyVisit& visit) {
  return outside_of_pipeline(connection, [&] { return receive(connection, sql, visit); });
}

std::optional<PgFailure> copy_rows(PgConnection& connection,
                                   const std::string& sql,
                                   const RowBlock& block,
                                   const TableMapping& mapping) {
  if (auto raised = raise_at(Failpoint::postgres_copy_before, connection)) return raised;
  std::optional<PgFailure> failure = outside_of_pipeline(
      connection, [&] { return send(connection, sql, block, jsonb_columns(mapping)); });
  return failure ? failure : raise_at(Failpoint::postgres_copy_after, connection);
}

}  // namespace relay
