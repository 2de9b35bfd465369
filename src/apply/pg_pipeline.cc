#include "apply/pg_pipeline.h"

#include <charconv>
#include <limits>

#include "apply/pg_failpoint.h"

namespace relay {
namespace {

constexpr int kBinary = 1;
constexpr int kPrinted = 0;
constexpr int kTextResult = 0;

}  // namespace

PgFailure read_failure(const PGresult* result) {
  const auto field = [result](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  return {.sqlstate = field(PG_DIAG_SQLSTATE),
          .severity = field(PG_DIAG_SEVERITY_NONLOCALIZED),
          .message = field(PG_DIAG_MESSAGE_PRIMARY),
          .table = field(PG_DIAG_TABLE_NAME),
          .column = field(PG_DIAG_COLUMN_NAME),
          .constraint = field(PG_DIAG_CONSTRAINT_NAME)};
}

PgFailure lost_failure(const PgConnection& connection) {
  PgFailure failure;
  failure.message = connection.lost_reason();
  return failure;
}

PgParams& PgParams::bytes(std::string_view bytes) {
  CHECK(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()),
        "a parameter is below 2 GiB");
  // Not null, also for an empty text: a null pointer means NULL.
  values_.push_back(bytes.data() == nullptr ? "" : bytes.data());
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(kBinary);
  return *this;
}

PgParams& PgParams::number(std::int64_t number) {
  std::array<char, 8>& bytes = numbers_.emplace_back();
  const auto bits = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bits >> (56U - 8U * i));
  return this->bytes({bytes.data(), bytes.size()});
}

PgParams& PgParams::text(std::string_view text) {
  values_.push_back(texts_.emplace_back(text).c_str());
  lengths_.push_back(static_cast<int>(text.size()));
  formats_.push_back(kPrinted);
  return *this;
}

PgParams& PgParams::null() {
  values_.push_back(nullptr);
  lengths_.push_back(0);
  formats_.push_back(kBinary);
  return *this;
}

std::optional<std::string_view> PgAnswer::cell(int row, int column) const {
  if (PQgetisnull(result_.get(), row, column) != 0) return std::nullopt;
  return std::string_view(PQgetvalue(result_.get(), row, column),
                          static_cast<std::size_t>(PQgetlength(result_.get(), row, column)));
}

std::int64_t PgAnswer::number(int row, int column) const {
  const std::string_view text = cell(row, column).value_or("0");
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::int64_t PgAnswer::affected() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

void PgPipeline::query(std::string_view sql, const PgParams& params, PgForm form) {
  ++size_;
  if (is_broken_) return;
  sent(PQsendQueryParams(connection_.handle(),
                         std::string(sql).c_str(),
                         params.count(),
                         nullptr,
                         params.values(),
                         params.lengths(),
                         params.formats(),
                         form == PgForm::binary ? kBinary : kTextResult));
}

void PgPipeline::execute(const std::string& name, const PgParams& params) {
  ++size_;
  if (is_broken_) return;
  sent(PQsendQueryPrepared(connection_.handle(),
                           name.c_str(),
                           params.count(),
                           params.values(),
                           params.lengths(),
                           params.formats(),
                           kTextResult));
}

void PgPipeline::prepare(const std::string& name, const std::string& sql) {
  ++size_;
  if (is_broken_) return;
  sent(PQsendPrepare(connection_.handle(), name.c_str(), sql.c_str(), 0, nullptr));
}

void PgPipeline::sent(int is_queued) {
  // The server answers each statement when it is done, not only at the end: a long batch then
  // differs from a silent server.
  ++sent_count_;
  const bool is_asked = flush_ == PgFlush::at_end || PQsendFlushRequest(connection_.handle()) == 1;
  is_broken_ = is_queued != 1 || !is_asked || !connection_.flush();
}

void PgPipeline::pass(Failpoint point) {
  if (is_broken_) return;
  raised_ = raise_at(point, connection_);
  is_broken_ = raised_.has_value();
}

PgOutcome PgPipeline::finish() {
  PgOutcome outcome;
  outcome.statement_count = size_;
  outcome.sent_count = sent_count_;
  if (!is_broken_ || raised_)
    is_broken_ = PQpipelineSync(connection_.handle()) != 1 || !connection_.flush();
  // Reads also after a failed write, and what had arrived before the connection broke: the server's
  // last words may say why, or that the commit went through. One null stands between two answers.
  int nulls_in_a_row = 0;
  while (nulls_in_a_row < 2) {
    PgConnection::ResultHandle result = connection_.next_result();
    if (result == nullptr) {
      ++nulls_in_a_row;
      continue;
    }
    nulls_in_a_row = 0;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) {
      if (raised_) outcome.failure = std::move(raised_);
      CHECK(outcome.failure || outcome.answers.size() == size_, "every statement is answered");
      if (outcome.failure && outcome.failure->sqlstate.empty()) break;
      return outcome;
    }
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      if (!outcome.failure) outcome.answers.emplace_back(std::move(result));
    } else if (status != PGRES_PIPELINE_ABORTED) {
      if (!outcome.failure) outcome.failure = read_failure(result.get());
      if (outcome.failure->sqlstate.empty()) break;
    }
  }
  connection_.abandon();  // Without the last answer nobody knows what the next one would belong to.
  if (!outcome.failure || outcome.failure->sqlstate.empty())
    outcome.failure = lost_failure(connection_);
  return outcome;
}

PgOutcome run_statement(PgConnection& connection, std::string_view sql, const PgParams& params) {
  PgPipeline pipeline(connection);
  pipeline.query(sql, params);
  return pipeline.finish();
}

}  // namespace relay
