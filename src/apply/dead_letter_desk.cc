#include "apply/dead_letter_desk.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "apply/array_cells.h"
#include "apply/crate_exchange.h"
#include "apply/pg_pipeline.h"
#include "config/value_text.h"
#include "core/utf8.h"
#include "sql/crate.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoTable = "42P01";
constexpr std::string_view kNoRight = "42501";
constexpr char kDiscarding[] = "discard dead letters";
constexpr char kHintRights[] =
    "GRANT USAGE ON SCHEMA relay TO role; GRANT SELECT, UPDATE ON relay.dead_letter TO role";

// CrateDB's seconds since 1970, as PostgreSQL prints times.
std::string format_moment(std::optional<std::string_view> seconds) {
  if (!seconds) return "";
  const double number = std::strtod(std::string(*seconds).c_str(), nullptr);
  std::string text = format_time(std::chrono::sys_time<std::chrono::milliseconds>(
      std::chrono::milliseconds(std::llround(number * 1'000))));
  constexpr std::string_view kZone = "Z";
  if (text.find('.') == std::string::npos) text.insert(text.size() - kZone.size(), ".000");
  return text;
}

// Columns as in list_dead_letters.sql and show_dead_letter.sql.
StoredLetter read_letter(const PgAnswer& answer, int row, TargetKind target) {
  const auto text = [&](int column) { return std::string(answer.cell(row, column).value_or("")); };
  const auto moment = [&](int column) {
    return target == TargetKind::cratedb ? format_moment(answer.cell(row, column)) : text(column);
  };
  return {.id = text(0),
          .stream = text(1),
          .table = text(2),
          .doc_key = text(3),
          .reason = text(4),
          .detail = text(5),
          .operation = text(6),
          .position = text(7),
          .document = text(8),
          .created_at = moment(9),
          .closed_at = moment(10)};
}

}  // namespace

Result<std::int64_t> parse_letter_number(std::string_view id) {
  std::int64_t number = 0;
  const char* const end = id.data() + id.size();
  const auto [stop, failure] = std::from_chars(id.data(), end, number);
  if (failure == std::errc() && stop == end) return number;
  return Error{ErrorKind::config_invalid,
               "letters of this target have numbers, and " + quote_briefly(id) + " is none",
               "relay dead-letter list --all"};
}

struct DeadLetterDesk::Question {
  std::string_view postgres;
  std::string_view crate;
  std::string_view doing;
  bool is_by_key = false;  // CrateDB sees what was written a moment ago without a REFRESH.
};

DeadLetterDesk::DeadLetterDesk(std::unique_ptr<PgConnection> connection)
    : connection_(std::move(connection)) {}
DeadLetterDesk::DeadLetterDesk(DeadLetterDesk&&) noexcept = default;
DeadLetterDesk::~DeadLetterDesk() = default;

bool DeadLetterDesk::is_crate() const {
  return connection_->kind() == TargetKind::cratedb;
}

Result<DeadLetterDesk> DeadLetterDesk::open(const Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  return DeadLetterDesk(std::move(connection.value()));
}

// nullopt: there is no table of letters.
Result<std::optional<PgAnswer>> DeadLetterDesk::ask(const Question& question,
                                                    const PgParams& params) {
  if (is_crate()) {
    PgOutcome outcome = question.is_by_key
                            ? PgOutcome{}
                            : run_statement(*connection_, "REFRESH TABLE relay.dead_letter");
    if (!outcome.failure) outcome = run_statement(*connection_, crate_sql(question.crate), params);
    if (!outcome.failure) return std::optional(std::move(outcome.answers.front()));
    if (is_unknown_table(*outcome.failure)) return std::optional<PgAnswer>();
    return make_crate_error(*outcome.failure, question.doing);
  }
  PgOutcome outcome = run_statement(*connection_, question.postgres, params);
  if (!outcome.failure) return std::optional(std::move(outcome.answers.front()));
  if (outcome.failure->sqlstate == kNoTable) return std::optional<PgAnswer>();
  Error error = make_error(*outcome.failure, question.doing);
  if (outcome.failure->sqlstate == kNoRight) error.hint = kHintRights;
  return error;
}

Result<std::uint64_t> DeadLetterDesk::change(const Question& question, const PgParams& params) {
  const auto answer = ask(question, params);
  if (!answer.ok()) return answer.error();
  return static_cast<std::uint64_t>(answer.value() ? answer.value()->affected() : 0);
}

Result<std::vector<StoredLetter>> DeadLetterDesk::list(const LetterFilter& filter,
                                                       std::size_t limit) {
  const auto answer = ask({.postgres = sql::postgres::list_dead_letters,
                           .crate = sql::crate::list_dead_letters,
                           .doing = "list the dead letters"},
                          PgParams()
                              .bytes(filter.table)
                              .number(static_cast<std::int64_t>(limit))
                              .number(filter.includes_closed ? 1 : 0));
  if (!answer.ok()) return answer.error();
  std::vector<StoredLetter> letters;
  const int count = answer.value() ? answer.value()->row_count() : 0;
  for (int row = 0; row < count; ++row)
    letters.push_back(read_letter(*answer.value(), row, connection_->kind()));
  return letters;
}

Result<std::uint64_t> DeadLetterDesk::count(const LetterFilter& filter) {
  const auto answer = ask({.postgres = sql::postgres::count_dead_letters,
                           .crate = sql::crate::count_dead_letters,
                           .doing = "count the dead letters"},
                          PgParams().bytes(filter.table).number(filter.includes_closed ? 1 : 0));
  if (!answer.ok()) return answer.error();
  return static_cast<std::uint64_t>(answer.value() ? answer.value()->number(0, 0) : 0);
}

Result<std::uint64_t> DeadLetterDesk::discard_all(const std::string& table) {
  return change({.postgres = sql::postgres::discard_all_dead_letters,
                 .crate = sql::crate::discard_all_dead_letters,
                 .doing = kDiscarding},
                PgParams().bytes(table));
}

Result<std::uint64_t> DeadLetterDesk::discard(std::span<const std::string> ids) {
  return is_crate() ? discard_texts(ids) : discard_numbers(ids);
}

Result<std::uint64_t> DeadLetterDesk::discard_numbers(std::span<const std::string> ids) {
  RowBlock block({kBigintOid}, {});
  for (const std::string& id : ids) {
    const Result<std::int64_t> number = parse_letter_number(id);
    if (!number.ok()) return number.error();
    block.begin_row();
    add_bigint(block, number.value());
    block.end_row();
  }
  block.seal();
  std::uint64_t closed = 0;
  for (const RowChunk& chunk : block.chunks()) {
    const auto changed =
        change({.postgres = sql::postgres::discard_dead_letters, .crate = {}, .doing = kDiscarding},
               PgParams().bytes(chunk.columns.front()));
    if (!changed.ok()) return changed;
    closed += changed.value();
  }
  return closed;
}

Result<std::uint64_t> DeadLetterDesk::discard_texts(std::span<const std::string> ids) {
  std::uint64_t closed = 0;
  for (const std::string& id : ids) {
    const Result<std::optional<StoredLetter>> letter = show(id);
    if (!letter.ok()) return letter.error();
    // A condition beyond the key would not see a letter that was written a moment ago.
    if (!letter.value() || !letter.value()->closed_at.empty()) continue;
    const auto changed = change({.postgres = {},
                                 .crate = sql::crate::discard_dead_letter,
                                 .doing = kDiscarding,
                                 .is_by_key = true},
                                PgParams().bytes(id));
    if (!changed.ok()) return changed;
    closed += changed.value();
  }
  return closed;
}

Result<std::optional<StoredLetter>> DeadLetterDesk::show(const std::string& id) {
  PgParams params;
  if (is_crate()) {
    if (!is_utf8(id)) return std::optional<StoredLetter>();
    params.bytes(id);
  } else {
    const Result<std::int64_t> number = parse_letter_number(id);
    if (!number.ok()) return number.error();
    params.number(number.value());
  }
  const auto answer = ask({.postgres = sql::postgres::show_dead_letter,
                           .crate = sql::crate::show_dead_letter,
                           .doing = "show a dead letter",
                           .is_by_key = true},
                          params);
  if (!answer.ok()) return answer.error();
  if (!answer.value() || answer.value()->row_count() == 0) return std::optional<StoredLetter>();
  return std::optional(read_letter(*answer.value(), 0, connection_->kind()));
}

}  // namespace relay
