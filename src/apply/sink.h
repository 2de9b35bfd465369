// Sink: the code that writes to a target. One of the four seams; one thread, the applying one.
//
// A sink never retries and never decides: it says what happened, and the apply stage acts.
#pragma once

#include <optional>

#include "core/batch.h"
#include "core/position.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

class Sink {
 public:
  virtual ~Sink() = default;

  // Connects (again), creates bookkeeping when it is missing, and claims the stream. The first call
  // takes the lease with a new epoch; later calls only go on when that epoch still stands (else
  // lease_lost). Returns what the target has stored for the stream; nullopt: nothing yet.
  // lease_held: another relay's lease has not ended.
  virtual Result<std::optional<Checkpoint>> open() = 0;

  // Makes the table, or checks that the existing one fits. Durable once it returns.
  virtual Status prepare(const TableMapping& table) = 0;

  // Writes the batch and its end position in one transaction. Durable once it returns ok. Every
  // table in the batch was prepared. Nothing is committed on an error, except with sink_in_doubt.
  virtual Status apply(const Batch& batch) = 0;

  // After apply() returned row_rejected: moves the rows that the target refuses, and only those, to
  // the batch's dead letters, so that it can be applied. Writes nothing. After an error the batch
  // is as it was.
  virtual Status isolate(Batch& batch) = 0;

  // Keeps the lease while nothing happens.
  virtual Status renew() = 0;

  // Gives the lease back, so that the next relay need not wait. Never fails loudly: best effort.
  virtual void release() = 0;
};

}  // namespace relay
