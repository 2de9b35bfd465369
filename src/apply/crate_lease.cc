#include "apply/crate_lease.h"

#include <cstdlib>

#include "apply/crate_exchange.h"
#include "apply/pg_failpoint.h"
#include "core/check.h"
#include "sql/crate.h"

namespace relay {
namespace {

double to_seconds(std::optional<std::string_view> cell) {
  return cell ? std::strtod(std::string(*cell).c_str(), nullptr) : 0;
}

std::int64_t to_number(const std::string& text) {
  return std::strtoll(text.c_str(), nullptr, 10);
}

}  // namespace

double CrateLease::server_seconds() const {
  return read_at_seconds_ + std::chrono::duration<double>(SteadyClock::now() - read_at_).count();
}

Error CrateLease::lost_error() const {
  return {ErrorKind::lease_lost,
          "stream=" + stream_ +
              ": another relay has taken the stream over, or its row in relay.checkpoint is gone",
          ""};
}

Error CrateLease::held_error(const Row& row) const {
  const auto seconds = static_cast<std::int64_t>(row.lease_until - read_at_seconds_) + 1;
  const std::string who =
      row.owner == owner_ ? "an earlier process of this relay" : "the relay owner=" + row.owner;
  return {ErrorKind::lease_held,
          "claim stream=" + stream_ + ": held by " + who + " for another " +
              std::to_string(seconds) + " s unless renewed",
          ""};
}

bool CrateLease::is_ours(const Row& row) const {
  return row.owner == owner_ && row.epoch >= epoch_ && row.epoch <= epoch_possible_;
}

Result<std::optional<CrateLease::Row>> CrateLease::read(PgConnection& connection) {
  const Result<PgAnswer> asked =
      ask_crate(connection, sql::crate::read_lease, PgParams().bytes(stream_), "read the lease");
  if (!asked.ok()) return asked.error();
  const PgAnswer& answer = asked.value();
  if (answer.row_count() == 0) return std::optional<Row>();
  const auto text = [&](int column) { return std::string(answer.cell(0, column).value_or("")); };
  Row row{.seq_no = text(0),
          .term = text(1),
          .owner = text(2),
          .epoch = answer.number(0, 3),
          .lease_until = to_seconds(answer.cell(0, 4)),
          .stored = std::nullopt};
  read_at_seconds_ = to_seconds(answer.cell(0, 5));
  read_at_ = SteadyClock::now();
  if (answer.cell(0, 7)) {
    row.stored = Checkpoint{
        .position = {.token = text(6),
                     .cluster_time = {static_cast<std::uint32_t>(to_seconds(answer.cell(0, 7))),
                                      static_cast<std::uint32_t>(answer.number(0, 8))}},
        .pipeline_hash = text(9)};
  }
  return std::optional<Row>(std::move(row));
}

Status CrateLease::insert(PgConnection& connection) {
  const Result<PgAnswer> now =
      ask_crate(connection, sql::crate::server_time, {}, "ask for the time of the target");
  if (!now.ok()) return now.error();
  read_at_seconds_ = to_seconds(now.value().cell(0, 0));
  read_at_ = SteadyClock::now();
  PgParams params;
  params.bytes(stream_).bytes(owner_);
  params.number(to_crate_time(read_at_seconds_ + std::chrono::duration<double>(duration_).count()));
  params.number(to_crate_time(read_at_seconds_));
  const PgOutcome outcome = run_statement(connection, crate_sql(sql::crate::insert_lease), params);
  if (!outcome.failure) return ok_status();
  if (outcome.failure->sqlstate == "23505")
    return Error{
        ErrorKind::lease_held, "claim stream=" + stream_ + ": the lease is changing hands", ""};
  return make_crate_error(*outcome.failure, "claim stream=" + stream_);
}

Result<bool> CrateLease::update(PgConnection& connection,
                                std::int64_t epoch,
                                const Change& wanted,
                                std::chrono::milliseconds duration) {
  const double now = server_seconds();
  PgParams params;
  params.bytes(stream_).number(to_number(row_.seq_no)).number(to_number(row_.term));
  params.bytes(owner_).number(epoch);
  params.number(to_crate_time(now + std::chrono::duration<double>(duration).count()));
  params.number(to_crate_time(now));
  if (wanted.end != nullptr) {
    params.bytes(wanted.end->position.token)
        .number(to_crate_time(wanted.end->position.cluster_time.seconds))
        .number(wanted.end->position.cluster_time.increment)
        .bytes(wanted.end->pipeline_hash);
  }
  const SteadyClock::time_point began = SteadyClock::now();
  const bool is_renewal = wanted.end == nullptr && !wanted.forgets_position;
  const Result<PgAnswer> changed = ask_crate(connection,
                                             wanted.end != nullptr     ? sql::crate::move_position
                                             : wanted.forgets_position ? sql::crate::forget_position
                                                                       : sql::crate::take_lease,
                                             params,
                                             is_renewal ? "renew the lease" : "move the position");
  if (!changed.ok()) return changed.error();
  if (changed.value().affected() == 0) return false;
  renewed_at_ = began;
  return true;
}

// The row as it is after a change of ours.
Status CrateLease::look_again(PgConnection& connection) {
  Result<std::optional<Row>> now = read(connection);
  if (!now.ok()) return now.error();
  if (!now.value() || !is_ours(*now.value())) return lost_error();
  row_ = std::move(*now.value());
  epoch_ = epoch_possible_ = row_.epoch;
  return ok_status();
}

Result<std::optional<Checkpoint>> CrateLease::claim(PgConnection& connection) {
  if (Status hit = pass_or_fail(Failpoint::crate_claim_before, connection); !hit.ok())
    return hit.error();
  Result<std::optional<Row>> found = read(connection);
  if (!found.ok()) return found.error();
  const bool is_first = epoch_ == 0;
  if (!found.value()) {
    if (!is_first) return lost_error();
    epoch_possible_ = 1;
    renewed_at_ = SteadyClock::now();
    if (Status made = insert(connection); !made.ok()) return made.error();
  } else {
    row_ = std::move(*found.value());
    const bool is_in_doubt = epoch_possible_ > 0 && is_ours(row_);
    if (is_first && !is_in_doubt && row_.lease_until > read_at_seconds_) return held_error(row_);
    if (!is_first && !is_ours(row_)) return lost_error();
    epoch_possible_ = row_.epoch + 1;
    const Result<bool> taken = update(connection, epoch_possible_, {}, duration_);
    if (!taken.ok()) return taken.error();
    if (!taken.value()) return held_error(row_);
  }
  if (Status looked = look_again(connection); !looked.ok()) return looked.error();
  CHECK(epoch_ > 0, "epochs begin at 1");
  if (Status hit = pass_or_fail(Failpoint::crate_claim_after, connection); !hit.ok())
    return hit.error();
  return row_.stored;
}

Status CrateLease::keep(PgConnection& connection) {
  if (SteadyClock::now() < renewed_at_ + duration_ / 2) return ok_status();
  return renew(connection);
}

Status CrateLease::change(PgConnection& connection,
                          const Change& wanted,
                          std::chrono::milliseconds duration) {
  // Twice: the answer to an earlier change of ours may have been lost.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Result<bool> changed = update(connection, epoch_, wanted, duration);
    if (!changed.ok()) return changed.error();
    if (Status looked = look_again(connection); !looked.ok()) return looked;
    if (changed.value()) return ok_status();
  }
  return lost_error();
}

void CrateLease::release(PgConnection& connection) {
  if (epoch_ == 0) return;
  static_cast<void>(change(connection, {}, std::chrono::milliseconds(0)));
}

}  // namespace relay
