#include "apply/row_mender.h"

#include <utility>

#include "apply/stream_gate.h"

namespace relay {

RowMender::RowMender(std::unique_ptr<StreamGate> gate) : gate_(std::move(gate)) {}
RowMender::RowMender(RowMender&&) noexcept = default;
RowMender::~RowMender() = default;

Result<RowMender> RowMender::open(const DeadLetterDesk::Options& options) {
  Result<std::unique_ptr<StreamGate>> gate = StreamGate::open(options);
  if (!gate.ok()) return gate.error();
  return RowMender(std::move(gate.value()));
}

Status RowMender::mend(const std::string& stream, const MakeRows& make) {
  const auto write = [&]() -> Status {
    if (Status begun = gate_->begin(stream, "mend rows of stream " + stream); !begun.ok())
      return begun;
    Result<Batch> batch = make();
    if (!batch.ok()) return batch.error();
    batch.value().dead_letters.clear();
    // Known by now: a table that grows has its columns only behind the lock.
    for (const TableRows& rows : batch.value().tables) {
      if (Status prepared = gate_->prepare(*rows.table); !prepared.ok()) return prepared;
    }
    return gate_->commit(batch.value(), {});
  };
  Status written = write();
  if (!written.ok()) gate_->roll_back();
  return written;
}

}  // namespace relay
