#include "apply/stream_watch.h"

#include <utility>

#include "apply/crate_exchange.h"
#include "apply/letter_key.h"
#include "apply/pg_pipeline.h"
#include "apply/snapshot_parts.h"
#include "core/row_block.h"
#include "mapping/table_shape.h"
#include "sql/crate.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoTable = "42P01";
constexpr std::string_view kNoSchema = "3F000";
constexpr std::string_view kNoRight = "42501";
constexpr char kHintRights[] =
    "GRANT USAGE ON SCHEMA relay TO role; GRANT SELECT ON ALL TABLES IN SCHEMA relay TO role";

// The same question in both dialects.
struct Question {
  std::string_view postgres;
  std::string_view crate;
  std::string_view crate_table;  // To be refreshed first; empty: rows are found by their key.
};

// nullopt: there is no bookkeeping.
Result<std::optional<PgAnswer>> ask(PgConnection& connection,
                                    const Question& question,
                                    const PgParams& params,
                                    std::string_view doing) {
  const bool is_crate = connection.kind() == TargetKind::cratedb;
  PgOutcome outcome;
  if (is_crate && !question.crate_table.empty())
    outcome = run_statement(connection, "REFRESH TABLE " + std::string(question.crate_table));
  if (!outcome.failure) {
    outcome = is_crate ? run_statement(connection, crate_sql(question.crate), params)
                       : run_statement(connection, question.postgres, params);
  }
  if (!outcome.failure) return std::optional(std::move(outcome.answers.front()));
  if (outcome.failure->sqlstate == kNoTable || outcome.failure->sqlstate == kNoSchema)
    return std::optional<PgAnswer>();
  if (is_crate) return make_crate_error(*outcome.failure, doing);
  Error error = make_error(*outcome.failure, doing);
  if (outcome.failure->sqlstate == kNoRight) error.hint = kHintRights;
  return error;
}

}  // namespace

StreamWatch::StreamWatch(std::unique_ptr<PgConnection> connection)
    : connection_(std::move(connection)) {}
StreamWatch::StreamWatch(StreamWatch&&) noexcept = default;
StreamWatch::~StreamWatch() = default;

Result<StreamWatch> StreamWatch::open(const Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  return StreamWatch(std::move(connection.value()));
}

Result<StreamStanding> StreamWatch::look(const std::string& stream) {
  const auto answer = ask(*connection_,
                          {sql::postgres::read_standing, sql::crate::read_standing, ""},
                          PgParams().bytes(stream),
                          "look where stream " + stream + " is");
  if (!answer.ok()) return answer.error();
  StreamStanding standing;
  if (!answer.value() || answer.value()->row_count() == 0) return standing;
  const PgAnswer& row = *answer.value();
  if (row.is_true(0, 0)) {
    standing.applied = ClusterTime{.seconds = static_cast<std::uint32_t>(row.number(0, 1)),
                                   .increment = static_cast<std::uint32_t>(row.number(0, 2))};
  }
  standing.is_held = row.is_true(0, 3);
  return standing;
}

Result<std::vector<SnapshotPart>> StreamWatch::read_parts(const std::string& stream,
                                                          const std::string& table) {
  const std::string doing = "look for the copy of table " + table;
  const auto answer =
      ask(*connection_,
          {sql::postgres::load_snapshot_parts, sql::crate::load_snapshot_parts, "relay.snapshot"},
          PgParams().bytes(stream),
          doing);
  if (!answer.ok()) return answer.error();
  if (!answer.value()) return std::vector<SnapshotPart>();
  Result<std::vector<SnapshotPart>> parts = read_snapshot_parts(*answer.value(), doing);
  if (parts.ok())
    std::erase_if(parts.value(), [&](const SnapshotPart& part) { return part.table != table; });
  return parts;
}

Result<std::map<std::string, bool>> StreamWatch::find_letters(const std::string& stream,
                                                              const std::string& table,
                                                              std::span<const std::string> keys) {
  std::map<std::string, std::string> keys_of;  // By the key of the letter.
  RowBlock block({kTextOid}, ChunkLimits{});
  for (const std::string& key : keys) {
    const auto [letter, is_new] = keys_of.emplace(make_letter_key(key), key);
    if (!is_new) continue;
    block.begin_row();
    block.add_cell(letter->first);
    block.end_row();
  }
  block.seal();
  std::map<std::string, bool> found;
  for (const RowChunk& chunk : block.chunks()) {
    const auto answer =
        ask(*connection_,
            {sql::postgres::find_letters, sql::crate::find_letters, "relay.dead_letter"},
            PgParams().bytes(stream).bytes(table).bytes(chunk.columns.front()),
            "look for dead letters of table " + table);
    if (!answer.ok()) return answer.error();
    const int count = answer.value() ? answer.value()->row_count() : 0;
    for (int row = 0; row < count; ++row) {
      const std::string letter(answer.value()->cell(row, 0).value_or(""));
      bool& is_open = found[keys_of[letter]];
      is_open = is_open || answer.value()->is_true(row, 1);
    }
  }
  return found;
}

}  // namespace relay
