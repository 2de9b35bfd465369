#include "apply/crate_letter_writer.h"

#include <algorithm>
#include <unistd.h>

#include "apply/array_cells.h"
#include "apply/crate_exchange.h"
#include "apply/crate_reader.h"
#include "apply/crate_tables.h"
#include "sql/crate.h"

namespace relay {
namespace {

// Between a renewal and the next a row is written, which takes four statements at most, and none of
// them is waited for longer than kSilenceMax. After a kill of this program nobody waits for longer
// than the lease.
constexpr std::chrono::seconds kLease{30};
constexpr std::chrono::seconds kSilenceMax{5};

constexpr int kClosedAt = 10;  // Column of show_dead_letter.sql.

constexpr char kHintHeld[] =
    "on CrateDB a retry needs the relay to be stopped: stop it, retry, start it again; or relay "
    "snapshot TABLE, which writes the documents as they are now";

std::string make_owner() {
  return "dead-letter retry, process " + std::to_string(getpid());
}

}  // namespace

CrateLetterWriter::CrateLetterWriter(std::unique_ptr<PgConnection> connection,
                                     std::chrono::milliseconds statement_timeout)
    : connection_(std::move(connection)) {
  connection_->set_silence_max(std::min<std::chrono::milliseconds>(kSilenceMax, statement_timeout));
}

CrateLetterWriter::~CrateLetterWriter() {
  let_go();
}

void CrateLetterWriter::let_go() {
  if (held_ && connection_->is_open()) held_->lease.release(*connection_);
  held_.reset();
}

Status CrateLetterWriter::hold(const std::string& stream, const std::string& doing) {
  if (held_ && held_->stream == stream) return held_->lease.keep(*connection_);
  let_go();
  Held next{.stream = stream,
            .lease = CrateLease(stream, make_owner(), kLease),
            .letters = CrateLetters(stream)};
  if (const auto claimed = next.lease.claim(*connection_); !claimed.ok()) {
    Error error = claimed.error();
    error.message = doing + ": " + error.message;
    if (error.kind == ErrorKind::lease_held) error.hint = kHintHeld;
    return error;
  }
  held_.emplace(std::move(next));
  return held_->letters.load(*connection_);
}

Status CrateLetterWriter::prepare(const TableMapping& table) {
  if (Status fits = set_up_crate_table(*connection_, table); !fits.ok()) return fits;
  return rows_.add(*connection_, table);
}

Result<std::vector<SubColumn>> CrateLetterWriter::read_sub_columns(const TableMapping& table) {
  const Result<std::vector<CrateColumn>> columns = read_crate_columns(*connection_, table);
  if (!columns.ok()) return columns.error();
  return to_sub_columns(columns.value());
}

Result<bool> CrateLetterWriter::is_open(const std::string& id, const std::string& doing) {
  const Result<PgAnswer> stored =
      ask_crate(*connection_, sql::crate::show_dead_letter, PgParams().bytes(id), doing);
  if (!stored.ok()) return stored.error();
  return stored.value().row_count() == 1 && !stored.value().cell(0, kClosedAt);
}

Result<Rewriting> CrateLetterWriter::rewrite(const StoredLetter& letter,
                                             const LetterWriter::MakeRows& make) {
  const std::string doing = describe_retry(letter);
  if (Status held = hold(letter.stream, doing); !held.ok()) return held.error();
  const Result<bool> open = is_open(letter.id, doing);
  if (!open.ok()) return open.error();
  if (!open.value()) return Rewriting::closed_before;
  const Result<Batch> batch = make();
  if (!batch.ok()) return batch.error();
  if (!batch.value().dead_letters.empty()) return Rewriting::unfit;
  // However long that took: if somebody has taken the stream over meanwhile, this says so, and if
  // not, the document is not older than anything that was written.
  if (Status ours = held_->lease.renew(*connection_); !ours.ok()) return ours.error();
  if (Status written = write(batch.value(), doing); !written.ok()) return written.error();
  if (Status closed = close(letter, batch.value(), doing); !closed.ok()) return closed.error();
  return Rewriting::written;
}

Status CrateLetterWriter::write(const Batch& batch, const std::string& doing) {
  Status written = rows_.write(*connection_, batch);
  if (written.ok() || written.error().kind != ErrorKind::row_rejected) return written;
  Error error = written.error();
  for (const TableRows& rows : batch.tables) {
    for (const RowChunk& chunk : rows.upserts.chunks()) {
      const ArrayCells keys(chunk.columns.front());
      const PgFailure* failure = rows_.refused(*rows.table, keys[0].value_or(""));
      if (failure != nullptr) error.message = doing + ": " + describe_failure(*failure);
    }
  }
  return error;
}

Status CrateLetterWriter::close(const StoredLetter& letter,
                                const Batch& batch,
                                const std::string& doing) {
  if (Status ours = held_->lease.keep(*connection_); !ours.ok()) return ours;
  const double now = held_->lease.server_seconds();
  if (Status others = held_->letters.write(*connection_, batch, now); !others.ok()) return others;
  // The row of a key that its column cannot hold does not exist, and closes no letter.
  const Result<PgAnswer> closed =
      ask_crate(*connection_, sql::crate::discard_dead_letter, PgParams().bytes(letter.id), doing);
  if (!closed.ok()) return closed.error();
  return ok_status();
}

}  // namespace relay
