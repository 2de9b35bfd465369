#include "pipeline/row_maker.h"

#include <string>
#include <utility>

#include "decode/json_writer.h"
#include "mapping/table_mapping.h"

namespace relay {
namespace {

constexpr std::string_view kSnapshot = "snapshot";

bool is_snapshot(const PlannedWrite& write) {
  return write.token.data.empty();
}

std::string_view word_of(const PlannedWrite& write) {
  if (is_snapshot(write)) return kSnapshot;
  switch (write.operation) {
    case OperationType::insert:
      return "insert";
    case OperationType::replace:
      return "replace";
    case OperationType::delete_:
      return "delete";
    case OperationType::update:
    case OperationType::invalidate:
    case OperationType::drop:
    case OperationType::rename:
    case OperationType::drop_database:
    case OperationType::create:
    case OperationType::create_indexes:
    case OperationType::drop_indexes:
    case OperationType::modify:
    case OperationType::unknown:
      break;
  }
  return "update";
}

std::string position_of(const PlannedWrite& write) {
  return is_snapshot(write) ? "snapshot:" + write.key : format_token(write.token);
}

// When the event happened, as exactly as the server says.
std::int64_t time_ms_of(const PlannedWrite& write) {
  if (write.wall_time_ms != 0) return write.wall_time_ms;
  return std::int64_t{write.cluster_time.seconds} * 1'000;
}

}  // namespace

bool Encoders::is_unread(const TableMapping& table) const {
  return target() == TargetKind::cratedb && !read_.contains(&table);
}

Status Encoders::read(const TableMapping* table) {
  CHECK(sink_ != nullptr, "only a sink is asked");
  const Result<std::vector<SubColumn>> known = sink_->read_sub_columns(*table);
  if (!known.ok()) return known.error();
  know(table, known.value());
  return ok_status();
}

void Encoders::know(const TableMapping* table, const std::vector<SubColumn>& sub_columns) {
  of(table).set_sub_columns(sub_columns);
  read_.insert(table);
}

void Encoders::take_misfits(const TableMapping* table, const RowEncoder& encoder, Misfits& taken) {
  const std::vector<std::uint64_t> counts = encoder.misfits();
  std::vector<std::uint64_t>& reported = reported_[table];
  reported.resize(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == reported[i]) continue;
    taken[format_table(table->to)][encoder.misfit_column(i)] += counts[i] - reported[i];
    reported[i] = counts[i];
  }
}

std::map<std::string, std::map<std::string, std::uint64_t>> Encoders::take_misfits() {
  Misfits taken = std::exchange(of_forgotten_, {});
  for (const auto& [table, encoder] : encoders_)
    take_misfits(table, encoder, taken);
  return taken;
}

void Encoders::end_batch() {
  for (auto& [table, encoder] : encoders_)
    encoder.end_batch();
}

void Encoders::discard_batch() {
  for (auto& [table, encoder] : encoders_)
    encoder.discard_batch();
}

void Encoders::replace(const TableMapping* old, const TableMapping* next) {
  const auto found = encoders_.find(old);
  if (found == encoders_.end()) return;
  take_misfits(old, found->second, of_forgotten_);
  if (read_.erase(old) > 0) {
    of(next).take_sub_columns(found->second);
    read_.insert(next);
  }
  encoders_.erase(found);
  reported_.erase(old);
}

RowOutcome RowMaker::encode(const PlannedWrite& write, RawDocument document, RowBlock& upserts) {
  RowEncoder& encoder = encoders_.of(write.table);
  if (write.table->mode == MappingMode::mirror)
    return encoder.add_upsert(write.key, document, upserts);
  const std::string position = position_of(write);
  const std::string ns = format_namespace(view_of(write.table->from));
  EventRow row{.position = position,
               .operation = is_snapshot(write) ? kSnapshot : write.operation_name,
               .name_space = ns,
               .document_key = write.document_key,
               .document = document,
               .change = write.change};
  if (!write.cluster_time.is_zero()) row.cluster_time = write.cluster_time;
  if (write.wall_time_ms != 0) row.wall_time_ms = write.wall_time_ms;
  return encoder.add_event(row, upserts);
}

void RowMaker::add(const PlannedWrite& write, RawDocument document) {
  if (!document.empty() && !encoders_.of(write.table).wants(document)) {
    if (write.table->mode == MappingMode::mirror) remove(write);
    return;
  }
  TableRows& rows = rows_of(write.table);
  const std::size_t before = rows.upserts.byte_count();
  const RowOutcome outcome = encode(write, document, rows.upserts);
  byte_count_ += rows.upserts.byte_count() - before;
  if (outcome.needs_column) {
    growing_.insert(write.table);
    return;
  }
  if (!outcome.is_added()) return reject(write, document, outcome);
  if (!is_snapshot(write)) rows.upsert_origins.add(word_of(write), write.token);
}

void RowMaker::remove(const PlannedWrite& write) {
  TableRows& rows = rows_of(write.table);
  // A row whose key the table cannot hold was never written.
  const bool is_added =
      encoders_.of(write.table)
          .add_removal(write.key, write.document_key, time_ms_of(write), rows.removals);
  if (is_added && !is_snapshot(write)) rows.removal_origins.add(word_of(write), write.token);
}

void RowMaker::reject(const PlannedWrite& write, RawDocument document, const RowOutcome& outcome) {
  DeadLetter letter;
  letter.table = write.table;
  letter.doc_key = write.key;
  letter.reason = format_rejection(outcome.rejection);
  letter.detail = "document_bytes=" + std::to_string(document.size()) +
                  " key_bytes=" + std::to_string(write.key.size());
  if (!outcome.detail.empty()) letter.detail += " column=" + outcome.detail;
  letter.operation = word_of(write);
  letter.position = position_of(write);
  letter.document = encoders_.of(write.table).format_letter(document);
  byte_count_ += letter.document.size();
  batch_.dead_letters.push_back(std::move(letter));
}

TableRows& RowMaker::rows_of(const TableMapping* table) {
  const auto [slot, is_new] = slots_.try_emplace(table, batch_.tables.size());
  if (is_new) {
    const RowEncoder& encoder = encoders_.of(table);
    batch_.tables.push_back(
        {.table = table, .upserts = encoder.make_upserts(), .removals = encoder.make_removals()});
  }
  return batch_.tables[slot->second];
}

Batch RowMaker::take() {
  for (TableRows& rows : batch_.tables) {
    rows.upserts.seal();
    rows.removals.seal();
  }
  return std::move(batch_);
}

}  // namespace relay
