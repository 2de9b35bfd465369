#include "apply/checkpoint_desk.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "apply/bookkeeping.h"
#include "apply/crate_exchange.h"
#include "apply/crate_lease.h"
#include "apply/crate_parts.h"
#include "apply/crate_tables.h"
#include "apply/lease.h"
#include "apply/pg_pipeline.h"
#include "sql/crate.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoTable = "42P01";

// Two statements take less; should this program be killed in between, nobody waits for longer.
constexpr std::chrono::seconds kLease{10};

double seconds_at(const PgAnswer& answer, int row, int column) {
  const auto cell = answer.cell(row, column);
  return cell ? std::strtod(std::string(*cell).c_str(), nullptr) : 0;
}

// Columns as in list_checkpoints.sql.
TargetCheckpoint read_row(const PgAnswer& answer, int row) {
  const auto text = [&](int column) { return std::string(answer.cell(row, column).value_or("")); };
  TargetCheckpoint found{.stream = text(0), .owner = text(5), .epoch = answer.number(row, 6)};
  if (answer.cell(row, 2)) {
    const auto seconds = static_cast<std::uint32_t>(seconds_at(answer, row, 2));
    const auto increment = static_cast<std::uint32_t>(answer.number(row, 3));
    found.stored = Checkpoint{.position = {.token = text(1), .cluster_time = {seconds, increment}},
                              .pipeline_hash = text(4)};
  }
  found.lease_seconds_left = std::max(seconds_at(answer, row, 7) - seconds_at(answer, row, 8), 0.0);
  found.updated_at = seconds_at(answer, row, 9);
  return found;
}

// A table is copied when all of its parts are.
void count_tables(const PgAnswer& states, std::vector<TargetCheckpoint>& streams) {
  std::map<std::pair<std::string, std::string>, bool> is_copied;
  for (int row = 0; row < states.row_count(); ++row) {
    const auto text = [&](int column) {
      return std::string(states.cell(row, column).value_or(""));
    };
    const auto [table, is_new] = is_copied.try_emplace({text(0), text(1)}, true);
    table->second = table->second && text(2) == "done";
  }
  for (TargetCheckpoint& stream : streams) {
    for (const auto& [table, is_done] : is_copied) {
      if (table.first != stream.stream) continue;
      ++stream.tables;
      if (is_done) ++stream.tables_copied;
    }
  }
}

// Statements under the lease, each as `queue` puts them, in one transaction.
template <class Queue>
Status run_under_lease(PgConnection& connection,
                       const std::string& stream,
                       const std::string& owner,
                       const Queue& queue) {
  if (Status made = create_bookkeeping(connection); !made.ok()) return made;
  Lease lease(stream, owner, kLease);
  if (const auto claimed = lease.claim(connection); !claimed.ok()) return claimed.error();
  PgPipeline pipeline(connection);
  Lease::queue_preparation(pipeline);
  pipeline.query("BEGIN");
  queue(pipeline, lease);
  pipeline.query("COMMIT");
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return lease.move_error(*outcome.failure);
  lease.release(connection);
  return ok_status();
}

}  // namespace

CheckpointDesk::CheckpointDesk(std::unique_ptr<PgConnection> connection)
    : connection_(std::move(connection)) {}
CheckpointDesk::CheckpointDesk(CheckpointDesk&&) noexcept = default;
CheckpointDesk::~CheckpointDesk() = default;

bool CheckpointDesk::is_crate() const {
  return connection_->kind() == TargetKind::cratedb;
}

Result<CheckpointDesk> CheckpointDesk::open(const Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  return CheckpointDesk(std::move(connection.value()));
}

// nullopt: there is no such table.
Result<std::optional<PgAnswer>> CheckpointDesk::read(std::string_view postgres,
                                                     std::string_view crate,
                                                     const char* table) {
  const std::string doing = std::string("read ") + table;
  if (is_crate()) {
    const PgOutcome refreshed = run_statement(*connection_, std::string("REFRESH TABLE ") + table);
    if (refreshed.failure && is_unknown_table(*refreshed.failure)) return std::optional<PgAnswer>();
    if (refreshed.failure) return make_crate_error(*refreshed.failure, doing);
    Result<PgAnswer> answer = ask_crate(*connection_, crate, {}, doing);
    if (!answer.ok()) return answer.error();
    return std::optional(std::move(answer.value()));
  }
  PgOutcome outcome = run_statement(*connection_, postgres);
  if (!outcome.failure) return std::optional(std::move(outcome.answers.front()));
  if (outcome.failure->sqlstate == kNoTable) return std::optional<PgAnswer>();
  return make_error(*outcome.failure, doing);
}

Result<std::vector<TargetCheckpoint>> CheckpointDesk::list() {
  const auto rows =
      read(sql::postgres::list_checkpoints, sql::crate::list_checkpoints, "relay.checkpoint");
  if (!rows.ok()) return rows.error();
  std::vector<TargetCheckpoint> streams;
  const int count = rows.value() ? rows.value()->row_count() : 0;
  for (int row = 0; row < count; ++row)
    streams.push_back(read_row(*rows.value(), row));
  const auto states =
      read(sql::postgres::list_snapshot_states, sql::crate::list_snapshot_states, "relay.snapshot");
  if (!states.ok()) return states.error();
  if (states.value()) count_tables(*states.value(), streams);
  return streams;
}

Status CheckpointDesk::set(const std::string& stream,
                           const std::string& owner,
                           const Checkpoint& next) {
  if (!is_crate()) {
    return run_under_lease(
        *connection_, stream, owner, [&](PgPipeline& pipeline, const Lease& lease) {
          lease.queue_move(pipeline, next);
        });
  }
  if (Status made = create_crate_bookkeeping(*connection_); !made.ok()) return made;
  CrateLease lease(stream, owner, kLease);
  if (const auto claimed = lease.claim(*connection_); !claimed.ok()) return claimed.error();
  Status moved = lease.move(*connection_, next);
  lease.release(*connection_);
  return moved;
}

Status CheckpointDesk::reset(const std::string& stream, const std::string& owner) {
  if (!is_crate()) {
    return run_under_lease(
        *connection_, stream, owner, [&](PgPipeline& pipeline, const Lease& lease) {
          lease.queue_forget(pipeline);
          pipeline.query(sql::postgres::forget_snapshots, PgParams().bytes(stream));
        });
  }
  if (Status made = create_crate_bookkeeping(*connection_); !made.ok()) return made;
  CrateLease lease(stream, owner, kLease);
  if (const auto claimed = lease.claim(*connection_); !claimed.ok()) return claimed.error();
  // The progress first: with a position and without progress everything is copied again, the other
  // way round nothing would be.
  CrateParts parts(stream);
  Status forgotten = parts.remove_all(*connection_);
  if (forgotten.ok()) forgotten = lease.forget(*connection_);
  lease.release(*connection_);
  return forgotten;
}

}  // namespace relay
