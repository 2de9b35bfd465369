// CrateSink: writes batches to CrateDB, which has no transactions.
//
//   the lease is ours for as long as this takes, else it is renewed
//   rows, in rounds; every one acknowledged and counted          crate_writer.h
//   dead letters
//   the position, at most once a second, or when the batch tells of snapshots
//   progress of snapshots
//
// Every write is idempotent, and the stored position is never ahead of the rows: what happens in
// between is written again.
#pragma once

#include <memory>

#include "apply/postgres_sink.h"
#include "apply/sink.h"

namespace relay {

class CrateSink {
 public:
  // Does not connect: open() does.
  static std::unique_ptr<Sink> make(PostgresSink::Options options);
};

}  // namespace relay
