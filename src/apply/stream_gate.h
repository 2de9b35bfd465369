// StreamGate: writes rows beside a running relay, or without one, in a transaction during which no
// batch of the stream commits. Private to apply/.
//
//   BEGIN
//   lock the stream's row in relay.checkpoint     every batch moves that row first: it waits
//   ... the caller reads the source: now
//   rows, COMMIT
//
// Invariant: no newer version is overwritten for good. What a relay has committed before the lock
// was read before it, and what the caller reads behind the lock is not older. What a relay commits
// afterwards comes from the stream, which still leads to the newest version.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apply/dead_letter_desk.h"
#include "apply/pg_pipeline.h"
#include "apply/table_writer.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// One thread. Errors have the kinds of sink.h.
class StreamGate {
 public:
  // On a connection to PostgreSQL: CrateDB has no transactions.
  static Result<std::unique_ptr<StreamGate>> make(std::unique_ptr<PgConnection> connection);

  // The table exists and fits. Also behind begin().
  Status prepare(const TableMapping& table) { return tables_.add(*connection_, table); }
  // Makes the table, or checks that the existing one fits, and prepares it.
  Status set_up(const TableMapping& table);

  // `doing` is for errors. sink_refused: no relay has ever held the stream.
  Status begin(const std::string& stream, const std::string& doing);
  // Between begin() and the end: one statement of the caller's.
  PgOutcome run(std::string_view sql, const PgParams& params) {
    return run_statement(*connection_, sql, params);
  }
  // The rows and letters of the batch, whose tables are prepared; then what `queue_more` queues.
  using QueueMore = std::function<void(PgPipeline& pipeline)>;
  Status commit(const Batch& batch, const QueueMore& queue_more);
  // Without effect when nothing is under way.
  void roll_back();

 private:
  explicit StreamGate(std::unique_ptr<PgConnection> connection)
      : connection_(std::move(connection)) {}

  std::unique_ptr<PgConnection> connection_;
  TableWriter tables_;
  std::string stream_;  // Of begin().
  std::string doing_;
};

}  // namespace relay
