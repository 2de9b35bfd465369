#include "apply/dead_letter_desk.h"

#include <string_view>
#include <utility>

#include "apply/array_cells.h"
#include "apply/pg_pipeline.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoTable = "42P01";
constexpr std::string_view kNoRight = "42501";
constexpr char kHintRights[] =
    "GRANT USAGE ON SCHEMA relay TO role; GRANT SELECT, UPDATE ON relay.dead_letter TO role";

// Columns as in list_dead_letters.sql and show_dead_letter.sql.
StoredLetter read_letter(const PgAnswer& answer, int row) {
  const auto text = [&](int column) { return std::string(answer.cell(row, column).value_or("")); };
  return {.id = answer.number(row, 0),
          .stream = text(1),
          .table = text(2),
          .doc_key = text(3),
          .reason = text(4),
          .detail = text(5),
          .operation = text(6),
          .position = text(7),
          .document = text(8),
          .created_at = text(9),
          .closed_at = text(10)};
}

// nullopt: there is no table of letters.
Result<std::optional<PgAnswer>> ask(PgConnection& connection,
                                    std::string_view sql,
                                    const PgParams& params,
                                    std::string_view doing) {
  PgOutcome outcome = run_statement(connection, sql, params);
  if (!outcome.failure) return std::optional(std::move(outcome.answers.front()));
  if (outcome.failure->sqlstate == kNoTable) return std::optional<PgAnswer>();
  Error error = make_error(*outcome.failure, doing);
  if (outcome.failure->sqlstate == kNoRight) error.hint = kHintRights;
  return error;
}

Result<std::uint64_t> change(PgConnection& connection,
                             std::string_view sql,
                             const PgParams& params) {
  const auto answer = ask(connection, sql, params, "discard dead letters");
  if (!answer.ok()) return answer.error();
  return static_cast<std::uint64_t>(answer.value() ? answer.value()->affected() : 0);
}

}  // namespace

Status refuse_crate(const PgConnection& connection) {
  if (connection.kind() == TargetKind::postgresql) return ok_status();
  return Error{ErrorKind::config_invalid,
               "dead letters on CrateDB are not in this command yet",
               "SELECT * FROM relay.dead_letter WHERE closed_at IS NULL; a letter is discarded by "
               "UPDATE relay.dead_letter SET closed_at = now() WHERE id = '...'"};
}

DeadLetterDesk::DeadLetterDesk(std::unique_ptr<PgConnection> connection)
    : connection_(std::move(connection)) {}
DeadLetterDesk::DeadLetterDesk(DeadLetterDesk&&) noexcept = default;
DeadLetterDesk::~DeadLetterDesk() = default;

Result<DeadLetterDesk> DeadLetterDesk::open(const Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  if (Status built = refuse_crate(*connection.value()); !built.ok()) return built.error();
  return DeadLetterDesk(std::move(connection.value()));
}

Result<std::vector<StoredLetter>> DeadLetterDesk::list(const LetterFilter& filter,
                                                       std::size_t limit) {
  const auto answer = ask(*connection_,
                          sql::postgres::list_dead_letters,
                          PgParams()
                              .bytes(filter.table)
                              .number(static_cast<std::int64_t>(limit))
                              .number(filter.includes_closed ? 1 : 0),
                          "list the dead letters");
  if (!answer.ok()) return answer.error();
  std::vector<StoredLetter> letters;
  const int count = answer.value() ? answer.value()->row_count() : 0;
  for (int row = 0; row < count; ++row)
    letters.push_back(read_letter(*answer.value(), row));
  return letters;
}

Result<std::uint64_t> DeadLetterDesk::count(const LetterFilter& filter) {
  const auto answer = ask(*connection_,
                          sql::postgres::count_dead_letters,
                          PgParams().bytes(filter.table).number(filter.includes_closed ? 1 : 0),
                          "count the dead letters");
  if (!answer.ok()) return answer.error();
  return static_cast<std::uint64_t>(answer.value() ? answer.value()->number(0, 0) : 0);
}

Result<std::uint64_t> DeadLetterDesk::discard_all(const std::string& table) {
  return change(*connection_, sql::postgres::discard_all_dead_letters, PgParams().bytes(table));
}

Result<std::uint64_t> DeadLetterDesk::discard(std::span<const std::int64_t> ids) {
  RowBlock block({kBigintOid}, {});
  for (const std::int64_t id : ids) {
    block.begin_row();
    add_bigint(block, id);
    block.end_row();
  }
  block.seal();
  std::uint64_t closed = 0;
  for (const RowChunk& chunk : block.chunks()) {
    const auto changed = change(
        *connection_, sql::postgres::discard_dead_letters, PgParams().bytes(chunk.columns.front()));
    if (!changed.ok()) return changed;
    closed += changed.value();
  }
  return closed;
}

Result<std::optional<StoredLetter>> DeadLetterDesk::show(std::int64_t id) {
  const auto answer = ask(
      *connection_, sql::postgres::show_dead_letter, PgParams().number(id), "show a dead letter");
  if (!answer.ok()) return answer.error();
  if (!answer.value() || answer.value()->row_count() == 0) return std::optional<StoredLetter>();
  return std::optional(read_letter(*answer.value(), 0));
}

}  // namespace relay
