#include "apply/row_mender.h"

#include <optional>
#include <unistd.h>
#include <utility>

#include "apply/crate_reader.h"
#include "apply/crate_sink.h"
#include "apply/pg_connection.h"
#include "apply/stream_gate.h"

namespace relay {
namespace {

// Some hundred rows take less; should this program be killed meanwhile, a relay waits no longer.
constexpr std::chrono::milliseconds kLease{10'000};

constexpr char kHintHeld[] =
    "stop the relay, then verify --repair: CrateDB has nothing that would keep its batches out "
    "meanwhile. Without --repair verify works beside it";

std::string owner_name() {
  return "relay verify --repair, process " + std::to_string(getpid());
}

}  // namespace

RowMender::RowMender(DeadLetterDesk::Options options,
                     std::unique_ptr<StreamGate> gate,
                     std::unique_ptr<PgConnection> crate)
    : options_(std::move(options)), gate_(std::move(gate)), crate_(std::move(crate)) {}
RowMender::RowMender(RowMender&&) noexcept = default;
RowMender::~RowMender() = default;

Result<RowMender> RowMender::open(const DeadLetterDesk::Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  if (connection.value()->kind() == TargetKind::cratedb)
    return RowMender(options, nullptr, std::move(connection.value()));
  Result<std::unique_ptr<StreamGate>> gate = StreamGate::make(std::move(connection.value()));
  if (!gate.ok()) return gate.error();
  return RowMender(options, std::move(gate.value()), nullptr);
}

TargetKind RowMender::target() const {
  return crate_ == nullptr ? TargetKind::postgresql : TargetKind::cratedb;
}

Status RowMender::check(const std::string& stream, bool is_held) const {
  if (crate_ == nullptr || !is_held) return ok_status();
  return Error{
      ErrorKind::lease_held, "mend rows of stream " + stream + ": a relay holds it", kHintHeld};
}

Result<std::vector<SubColumn>> RowMender::read_sub_columns(const TableMapping& table) {
  if (crate_ == nullptr) return std::vector<SubColumn>();
  const Result<std::vector<CrateColumn>> columns = read_crate_columns(*crate_, table);
  if (!columns.ok()) return columns.error();
  return to_sub_columns(columns.value());
}

Status RowMender::mend(const std::string& stream, const MakeRows& make) {
  if (crate_ != nullptr) return mend_on_crate(stream, make);
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

// By the sink that a relay writes with, which takes the lease and gives it back.
Status RowMender::mend_on_crate(const std::string& stream, const MakeRows& make) {
  const std::unique_ptr<Sink> sink =
      CrateSink::make({.uri = options_.uri,
                       .stream = stream,
                       .owner = owner_name(),
                       .lease = kLease,
                       .statement_timeout = options_.statement_timeout,
                       .connect_timeout = options_.connect_timeout});
  const Result<std::optional<Checkpoint>> stored = sink->open();
  if (!stored.ok() && stored.error().kind == ErrorKind::lease_held) return check(stream, true);
  if (!stored.ok()) return stored.error();
  const auto write = [&]() -> Status {
    if (!stored.value()) {
      return Error{ErrorKind::sink_refused,
                   "mend rows of stream " + stream + ": it has no position in relay.checkpoint",
                   "start the relay once"};
    }
    Result<Batch> batch = make();
    if (!batch.ok()) return batch.error();
    batch.value().dead_letters.clear();
    batch.value().sequence = 1;
    batch.value().end = *stored.value();  // Where the stream is does not change.
    for (const TableRows& rows : batch.value().tables) {
      if (Status prepared = sink->prepare(*rows.table); !prepared.ok()) return prepared;
    }
    return sink->apply(batch.value());
  };
  Status written = write();
  sink->release();
  return written;
}

}  // namespace relay
