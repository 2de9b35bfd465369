// RowMender: rows that are not their documents' written anew, beside a running relay or without
// one.
//
// Why a stale row never lands: between the lock of the stream and the commit no batch of it
// commits, and make() reads the source behind the lock (stream_gate.h). What was compared before
// does not matter any more: rows are made of the documents as they are now, so a row that the relay
// has mended meanwhile gets the same version or a newer one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apply/dead_letter_desk.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

class StreamGate;

// One thread. Errors have the kinds of sink.h.
class RowMender {
 public:
  // Connects. config_invalid: the target is CrateDB.
  static Result<RowMender> open(const DeadLetterDesk::Options& options);
  RowMender(RowMender&&) noexcept;
  ~RowMender();

  // The rows of documents as they are now, of tables that exist. Called while the stream stands
  // still: it is to take milliseconds, and the server ends the transaction after the statement
  // timeout. Its dead letters are not written.
  using MakeRows = std::function<Result<Batch>()>;

  // All rows or none. row_rejected: the target refuses one of them. After an error the mender can
  // be used again unless the kind is sink_unavailable.
  Status mend(const std::string& stream, const MakeRows& make);

 private:
  explicit RowMender(std::unique_ptr<StreamGate> gate);

  std::unique_ptr<StreamGate> gate_;
};

}  // namespace relay
