// RowMender: rows that are not their documents' written anew, beside a running relay or without
// one; on CrateDB without one only.
//
// Why a stale row never lands: between the lock of the stream and the commit no batch of it
// commits, and make() reads the source behind the lock (stream_gate.h). What was compared before
// does not matter any more: rows are made of the documents as they are now, so a row that the relay
// has mended meanwhile gets the same version or a newer one.
//
// CrateDB has no locks that a batch would wait for. There the mender takes the stream's lease, as a
// relay does, for as long as it writes: what a relay has applied before was read before it, and one
// that starts afterwards begins at the position that was stored before.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apply/dead_letter_desk.h"
#include "core/batch.h"
#include "core/result.h"
#include "core/target_kind.h"
#include "mapping/sub_column.h"
#include "mapping/table_mapping.h"

namespace relay {

class StreamGate;
class PgConnection;

// One thread. Errors have the kinds of sink.h.
class RowMender {
 public:
  // Connects.
  static Result<RowMender> open(const DeadLetterDesk::Options& options);
  RowMender(RowMender&&) noexcept;
  ~RowMender();

  // The rows of documents as they are now, of tables that exist. Called while the stream stands
  // still: it is to take milliseconds, and the server ends the transaction after the statement
  // timeout. Its dead letters are not written.
  using MakeRows = std::function<Result<Batch>()>;

  // All rows or none; on CrateDB perhaps some of them. row_rejected: the target refuses one of
  // them. lease_held: CrateDB, and a relay holds the stream. After an error the mender can be used
  // again unless the kind is sink_unavailable.
  Status mend(const std::string& stream, const MakeRows& make);

  [[nodiscard]] TargetKind target() const;
  // lease_held: nothing can be mended before the relay that holds the stream is stopped.
  [[nodiscard]] Status check(const std::string& stream, bool is_held) const;
  // As Sink::read_sub_columns().
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& table);

 private:
  RowMender(DeadLetterDesk::Options options,
            std::unique_ptr<StreamGate> gate,
            std::unique_ptr<PgConnection> crate);
  Status mend_on_crate(const std::string& stream, const MakeRows& make);

  DeadLetterDesk::Options options_;
  std::unique_ptr<StreamGate> gate_;     // Null: CrateDB.
  std::unique_ptr<PgConnection> crate_;  // Null: PostgreSQL.
};

}  // namespace relay
