#include "apply/crate_sink.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "apply/crate_added_columns.h"
#include "apply/crate_exchange.h"
#include "apply/crate_lease.h"
#include "apply/crate_letters.h"
#include "apply/crate_parts.h"
#include "apply/crate_reader.h"
#include "apply/crate_tables.h"
#include "apply/crate_writer.h"
#include "apply/interrupt.h"
#include "apply/pg_failpoint.h"
#include "apply/row_isolator.h"

namespace relay {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A position costs two round trips, and what is applied again after a crash costs little.
constexpr std::chrono::seconds kMoveEvery{1};

// A clean stop does not wait for a server that is silent; the lease then ends by itself.
constexpr std::chrono::milliseconds kReleaseMax{2'000};

Error not_connected(std::string_view doing) {
  return {ErrorKind::sink_unavailable, std::string(doing) + ": not connected to the target", ""};
}

class Writer final : public Sink {
 public:
  explicit Writer(PostgresSink::Options options)
      : options_(std::move(options)),
        lease_(options_.stream, options_.owner, options_.lease),
        letters_(options_.stream),
        parts_(options_.stream),
        reader_(connection_options()) {}

  Result<std::optional<Checkpoint>> open() override;
  Status prepare(const TableMapping& table) override;
  Status apply(const Batch& batch) override;
  Status isolate(Batch& batch, Grounds grounds) override;
  Result<std::vector<SnapshotPart>> load_snapshots() override;
  [[nodiscard]] std::uint64_t open_dead_letters() const override { return letters_.open_count(); }
  Result<KeyPage> read_keys(const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) override {
    return reader_.read_keys(table, after, count);
  }
  Result<LiveColumns> read_live_columns(const TableMapping& table) override {
    return reader_.read_live_columns(table);
  }
  [[nodiscard]] TargetKind target() const override { return TargetKind::cratedb; }
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& table) override {
    return reader_.read_sub_columns(table);
  }
  Status renew() override;
  void interrupt() override { interrupt_.raise(); }
  void release() override;

 private:
  [[nodiscard]] PgConnection::Options connection_options() const {
    return {.uri = options_.uri,
            .connect_timeout = options_.connect_timeout,
            .statement_timeout = options_.statement_timeout,
            .interrupt = &interrupt_};
  }
  Result<std::optional<Checkpoint>> claim();
  Status act(const Batch& batch);
  Status write(const Batch& batch);
  Status move_position();
  [[nodiscard]] bool is_connected() const {
    return connection_ != nullptr && connection_->is_open();
  }

  PostgresSink::Options options_;
  Interrupt interrupt_;
  CrateLease lease_;
  CrateWriter writer_;
  CrateLetters letters_;
  CrateParts parts_;
  CrateReader reader_;                        // Of other threads than all the rest.
  std::unique_ptr<PgConnection> connection_;  // Null: open() has to be called.
  std::optional<Checkpoint> unmoved_;         // Applied, not in relay.checkpoint yet.
  SteadyClock::time_point moved_at_{};
  std::uint64_t isolated_sequence_ = 0;  // Of the last batch that rows were taken out of.
  bool has_opened_ = false;
};

Result<std::optional<Checkpoint>> Writer::open() {
  connection_.reset();
  Result<std::unique_ptr<PgConnection>> connection =
      has_opened_ ? reopen_crate(connection_options()) : PgConnection::open(connection_options());
  if (!connection.ok()) return connection.error();
  connection_ = std::move(connection.value());
  Result<std::optional<Checkpoint>> stored = claim();
  if (!stored.ok()) connection_.reset();
  return stored;
}

Result<std::optional<Checkpoint>> Writer::claim() {
  if (connection_->kind() != TargetKind::cratedb) {
    return Error{ErrorKind::sink_refused,
                 "connect to the target: it was CrateDB before, and now it is not",
                 "check target.uri, and what listens there"};
  }
  if (!has_opened_) {
    if (Status made = create_crate_bookkeeping(*connection_); !made.ok()) return made.error();
  }
  Result<std::optional<Checkpoint>> stored = lease_.claim(*connection_);
  if (!stored.ok()) return stored;
  if (Status ready = writer_.prepare_all(*connection_); !ready.ok()) return ready.error();
  if (Status loaded = letters_.load(*connection_); !loaded.ok()) return loaded.error();
  // A position says nothing about the batch in flight: it is stored now and then only. So later
  // calls tell none, and the batch is applied again.
  if (std::exchange(has_opened_, true)) return std::optional<Checkpoint>();
  return stored;
}

Result<std::vector<SnapshotPart>> Writer::load_snapshots() {
  if (!is_connected()) return not_connected("load the snapshots");
  Result<std::vector<SnapshotPart>> parts = parts_.load(*connection_);
  if (!parts.ok()) return parts;
  const Status reset =
      parts_.reset_lost_tables(*connection_, parts.value(), lease_.server_seconds());
  if (!reset.ok()) return reset.error();
  return parts;
}

Status Writer::prepare(const TableMapping& table) {
  if (!is_connected()) return not_connected("prepare table " + format_table(table.to));
  if (Status hit = pass_or_fail(Failpoint::crate_table_before, *connection_); !hit.ok()) return hit;
  if (Status fits = set_up_crate_table(*connection_, table); !fits.ok()) return fits;
  if (Status hit = pass_or_fail(Failpoint::crate_table_after, *connection_); !hit.ok()) return hit;
  return writer_.add(*connection_, table);
}

Status Writer::apply(const Batch& batch) {
  if (!is_connected()) return not_connected("apply batch");
  Status applied = write(batch);
  if (!applied.ok() && applied.error().kind == ErrorKind::row_rejected &&
      batch.sequence == isolated_sequence_) {
    // What is left of the batch was accepted a moment ago: look again, from the beginning.
    Error error = applied.error();
    error.kind = ErrorKind::sink_unknown;
    isolated_sequence_ = 0;
    return error;
  }
  return applied;
}

// What the batch does to whole tables.
Status Writer::act(const Batch& batch) {
  const double emptied_at = batch.end.position.cluster_time.seconds;
  for (const TableAction& action : batch.actions) {
    Status done = ok_status();
    switch (action.kind) {
      case TableAction::Kind::truncate:
        done = writer_.remove_all(*connection_, *action.table, emptied_at);
        break;
      case TableAction::Kind::add_column:
        done = add_crate_columns(*connection_, action, lease_.server_seconds());
        if (done.ok()) done = writer_.add(*connection_, *action.table);
        break;
    }
    if (!done.ok()) return done;
  }
  return ok_status();
}

Status Writer::write(const Batch& batch) {
  if (Status ours = lease_.keep(*connection_); !ours.ok()) return ours;
  if (Status acted = act(batch); !acted.ok()) return acted;
  if (Status written = writer_.write(*connection_, batch); !written.ok()) return written;
  if (Status hit = pass_or_fail(Failpoint::crate_rows_written, *connection_); !hit.ok()) return hit;
  const double now = lease_.server_seconds();
  if (Status letters = letters_.write(*connection_, batch, now); !letters.ok()) return letters;
  unmoved_ = batch.end;
  const bool is_due = SteadyClock::now() >= moved_at_ + kMoveEvery;
  // A snapshot that is done, without a position, would begin the stream at the present.
  if (is_due || !batch.snapshots.empty()) {
    if (Status moved = move_position(); !moved.ok()) return moved;
  }
  return parts_.store(*connection_, batch, now);
}

Status Writer::move_position() {
  if (!unmoved_) return lease_.renew(*connection_);
  if (Status hit = pass_or_fail(Failpoint::crate_position_before, *connection_); !hit.ok())
    return hit;
  if (Status moved = lease_.move(*connection_, *unmoved_); !moved.ok()) return moved;
  if (Status hit = pass_or_fail(Failpoint::crate_position_after, *connection_); !hit.ok())
    return hit;
  unmoved_.reset();
  moved_at_ = SteadyClock::now();
  return ok_status();
}

Status Writer::isolate(Batch& batch, Grounds grounds) {
  // Writing finds such rows itself, and only by writing.
  if (grounds == Grounds::suspected) return ok_status();
  isolated_sequence_ = batch.sequence;
  // The writer knows already which rows they are.
  RowIsolator isolator(
      batch,
      [this](const TableMapping& table,
             RowKind kind,
             const std::vector<std::string>& columns) -> Result<std::optional<PgFailure>> {
        if (kind == RowKind::removal) return std::optional<PgFailure>();
        const ArrayCells keys(columns.front());
        for (std::size_t i = 0; i < keys.size(); ++i) {
          const PgFailure* failure = writer_.refused(table, keys[i].value_or(""));
          if (failure != nullptr) return std::optional<PgFailure>(*failure);
        }
        return std::optional<PgFailure>();
      });
  return isolator.run(grounds);
}

Status Writer::renew() {
  if (!is_connected()) return not_connected("renew the lease");
  if (Status hit = pass_or_fail(Failpoint::crate_renew_before, *connection_); !hit.ok()) return hit;
  if (Status renewed = move_position(); !renewed.ok()) return renewed;
  return pass_or_fail(Failpoint::crate_renew_after, *connection_);
}

void Writer::release() {
  if (!is_connected()) return;
  connection_->set_silence_max(std::min(kReleaseMax, options_.statement_timeout));
  static_cast<void>(move_position());
  lease_.release(*connection_);
  connection_.reset();
}

}  // namespace

std::unique_ptr<Sink> CrateSink::make(PostgresSink::Options options) {
  return std::make_unique<Writer>(std::move(options));
}

}  // namespace relay
