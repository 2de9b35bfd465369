// PgPipeline: statements sent one after the other and answered together, in one round trip. Private
// to apply/.
//
//   PgPipeline pipeline(connection);
//   pipeline.query("BEGIN");
//   pipeline.execute("upsert_0", PgParams().bytes(keys).bytes(documents));
//   pipeline.query("COMMIT");
//   const PgOutcome outcome = pipeline.finish();
//
// After a statement that failed the server passes over all that follow. Without BEGIN, the
// statements of one pipeline are one transaction.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apply/pg_connection.h"
#include "apply/pg_error.h"
#include "core/failpoint.h"

namespace relay {

// Parameters of one statement, in binary form but for text(). The bytes of text and arrays are not
// copied: they outlive the call that sends them.
class PgParams {
 public:
  PgParams& bytes(std::string_view bytes);  // text, or an array in binary form.
  PgParams& number(std::int64_t number);    // bigint.
  PgParams& text(std::string_view text);    // Any type, as it is printed. Copied; no NUL.
  PgParams& null();

  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  std::deque<std::array<char, 8>> numbers_;  // A deque does not move them.
  std::deque<std::string> texts_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// The answer to one statement that succeeded. Cells come in text form unless it was asked for
// otherwise.
class PgAnswer {
 public:
  explicit PgAnswer(PgConnection::ResultHandle result) : result_(std::move(result)) {}

  [[nodiscard]] int row_count() const { return PQntuples(result_.get()); }
  [[nodiscard]] int column_count() const { return PQnfields(result_.get()); }
  // nullopt: NULL. Valid as long as the answer.
  [[nodiscard]] std::optional<std::string_view> cell(int row, int column) const;
  [[nodiscard]] std::int64_t number(int row, int column) const;  // NULL is 0.
  [[nodiscard]] bool is_true(int row, int column) const { return cell(row, column) == "t"; }
  // Rows that the statement wrote.
  [[nodiscard]] std::int64_t affected() const;
  // "COMMIT", "INSERT 0 5".
  [[nodiscard]] std::string_view tag() const { return PQcmdStatus(result_.get()); }

 private:
  PgConnection::ResultHandle result_;
};

struct PgOutcome {
  std::vector<PgAnswer> answers;     // Of the statements that succeeded, in order.
  std::optional<PgFailure> failure;  // Of the statement after those; or where the connection broke.
  std::size_t statement_count = 0;
  std::size_t sent_count =
      0;  // Statements of which a byte may have left before the connection broke.
};

// When the server is to answer a statement: when it is done with it, or with all of them. CrateDB
// makes one operation of statements that are alike, but only of those it has not answered yet.
enum class PgFlush : std::uint8_t { each, at_end };

// In which form the cells of an answer come.
enum class PgForm : std::uint8_t { text, binary };

class PgPipeline {
 public:
  // `connection` outlives the pipeline and has no other one.
  explicit PgPipeline(PgConnection& connection, PgFlush flush = PgFlush::each)
      : connection_(connection), flush_(flush) {}

  // Each writes as it goes, so that little is held in memory. When the connection breaks they do
  // nothing more; finish() tells.
  void query(std::string_view sql, const PgParams& params = {}, PgForm form = PgForm::text);
  void execute(const std::string& name, const PgParams& params = {});
  void prepare(const std::string& name, const std::string& sql);

  // A failpoint between two statements. What it raises stands for all that the server says, and
  // nothing more is sent; behind COMMIT, as if its answer were lost.
  void pass(Failpoint point);

  // Statements so far: the index of the next one.
  [[nodiscard]] std::size_t size() const { return size_; }

  // Waits for all answers.
  PgOutcome finish();

 private:
  void sent(int is_queued);

  PgConnection& connection_;
  PgFlush flush_;
  std::size_t size_ = 0;
  std::size_t sent_count_ = 0;
  bool is_broken_ = false;
  std::optional<PgFailure> raised_;  // By a failpoint.
};

// What an error result says.
PgFailure read_failure(const PGresult* result);
// Why the connection is not open.
PgFailure lost_failure(const PgConnection& connection);

// One statement on its own.
PgOutcome run_statement(PgConnection& connection,
                        std::string_view sql,
                        const PgParams& params = {});

}  // namespace relay
