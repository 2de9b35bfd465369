#include "pipeline/batch_maker.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "decode/json_writer.h"
#include "decode/key_text.h"
#include "pipeline/barrier_update.h"

namespace relay {
namespace {

// First guess for documents of a table that was never looked up: small enough that a batch of large
// ones stays within bounds, and corrected by the first look-up.
constexpr std::size_t kLookUpWeightFirst = 16U << 10U;

// Beyond this factor of bytes_max a batch is made again from fewer writes.
constexpr std::size_t kOverflowFactor = 4;

}  // namespace

namespace {

void seal(Batch& batch) {
  for (TableRows& rows : batch.tables) {
    rows.upserts.seal();
    rows.removals.seal();
  }
}

}  // namespace

struct BatchMaker::Making {
  explicit Making(std::span<const PlannedWrite> all) : writes(all), index(all) {}

  std::span<const PlannedWrite> writes;
  KeyIndex index;
  Batch batch;
  std::map<const TableMapping*, std::size_t> slots;  // Into batch.tables.
  std::size_t bytes = 0;                             // Encoded so far.
  bool is_too_large = false;
};

Result<std::optional<Batch>> BatchMaker::make(std::span<const PlannedWrite> writes) {
  Making making(writes);
  std::map<const TableMapping*, std::vector<std::size_t>> look_ups;
  for (const std::size_t i : making.index.survivors()) {
    const PlannedWrite& write = writes[i];
    switch (write.kind) {
      case WriteKind::upsert:
        encode(making, write, write.document);
        break;
      // A row whose key the table cannot hold was never written.
      case WriteKind::removal:
        encoder_of(write.table)
            .add_removal(write.key, write.document_key, 0, rows_of(making, write.table).removals);
        break;
      case WriteKind::look_up:
        look_ups[write.table].push_back(i);
        break;
      case WriteKind::barrier:
        break;
    }
  }
  for (const auto& [table, indices] : look_ups) {
    const Status looked_up = look_up_table(making, table, indices);
    if (!looked_up.ok()) return looked_up.error();
    if (making.is_too_large) return std::optional<Batch>();
  }
  for (const PlannedWrite& write : writes) {
    if (write.kind == WriteKind::barrier) add_barrier(making, write);
  }
  seal(making.batch);
  return std::optional<Batch>(std::move(making.batch));
}

void BatchMaker::add_barrier(Making& making, const PlannedWrite& write) {
  if (write.barrier == Barrier::emptied)
    making.batch.actions.push_back({TableAction::Kind::truncate, write.table});
  making.batch.snapshots.push_back(make_update(*write.table, state_after(write.barrier)));
}

Batch BatchMaker::make_chunk(const ReadChunk& read, const IsTouched& is_touched) {
  Making making({});
  const TableMapping* table = read.claim.table;
  PlannedWrite write;
  write.table = table;
  for (const RawDocument document : read.chunk.documents) {
    write.key.clear();
    if (!append_key_text(document, write.key)) write.key = format_dead_letter_document(document);
    if (is_touched(write.key)) continue;
    encode(making, write, document);
  }
  for (const std::string& key : read.gone) {
    write.key.clear();
    const RawDocument document{reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};
    if (!append_key_text(document, write.key) || is_touched(write.key)) continue;
    RowEncoder::add_removal(write.key, rows_of(making, table).removals);
  }
  seal(making.batch);
  return std::move(making.batch);
}

void BatchMaker::add_table(Batch& batch, const TableMapping* table) {
  if (std::ranges::find(batch.tables, table, &TableRows::table) != batch.tables.end()) return;
  const RowEncoder& encoder = encoder_of(table);
  TableRows rows{
      .table = table, .upserts = encoder.make_upserts(), .removals = encoder.make_removals()};
  rows.upserts.seal();
  rows.removals.seal();
  batch.tables.push_back(std::move(rows));
}

Status BatchMaker::look_up_table(Making& making,
                                 const TableMapping* table,
                                 std::span<const std::size_t> indices) {
  std::vector<RawDocument> keys;
  keys.reserve(indices.size());
  ClusterTime not_before;
  for (const std::size_t i : indices) {
    keys.push_back(making.writes[i].document_key);
    not_before = std::max(not_before, making.writes[i].cluster_time);
  }
  std::vector<bool> is_found(making.writes.size());
  std::size_t found_count = 0;
  const std::size_t bytes_before = making.bytes;
  std::string key;
  const auto visit = [&](RawDocument document) {
    key.clear();
    if (!append_key_text(document, key)) return true;
    // Under a collation the server may also return a document whose _id only compares equal.
    const std::optional<std::size_t> at = making.index.find(table, key);
    if (!at || making.writes[*at].kind != WriteKind::look_up || is_found[*at]) return true;
    is_found[*at] = true;
    ++found_count;
    encode(making, making.writes[*at], document);
    // The rows of one event cannot be made fewer: a batch ends between events.
    const bool can_shrink =
        making.writes.front().event_ordinal != making.writes.back().event_ordinal;
    making.is_too_large = making.bytes > bytes_max_ * kOverflowFactor && can_shrink;
    return !making.is_too_large;
  };
  const Status looked_up =
      source_.look_up({.ns = view_of(table->from), .keys = keys, .not_before = not_before}, visit);
  if (!looked_up.ok()) return looked_up;
  progress_.count_look_ups(keys.size());
  if (found_count > 0) look_up_weights_[table] = (making.bytes - bytes_before) / found_count + 1;
  if (making.is_too_large) return ok_status();
  for (const std::size_t i : indices) {
    // Gone by now: its delete event follows, and deleting early comes to the same.
    const PlannedWrite& write = making.writes[i];
    if (is_found[i]) continue;
    encoder_of(table).add_removal(
        write.key, write.document_key, 0, rows_of(making, table).removals);
  }
  return ok_status();
}

void BatchMaker::encode(Making& making, const PlannedWrite& write, RawDocument document) {
  RowBlock& upserts = rows_of(making, write.table).upserts;
  const std::size_t before = upserts.byte_count();
  const RowOutcome outcome = encoder_of(write.table).add_upsert(write.key, document, upserts);
  making.bytes += upserts.byte_count() - before;
  if (outcome.rejection == Rejection::none) return;
  DeadLetter letter;
  letter.table = write.table;
  letter.doc_key = write.key;
  letter.reason = format_rejection(outcome.rejection);
  letter.detail = "document_bytes=" + std::to_string(document.size()) +
                  " key_bytes=" + std::to_string(write.key.size());
  letter.operation = write.token.data.empty()                    ? "snapshot"
                     : write.operation == OperationType::insert  ? "insert"
                     : write.operation == OperationType::replace ? "replace"
                                                                 : "update";
  letter.position = write.token.data.empty() ? "snapshot:" + write.key : format_token(write.token);
  letter.document = format_dead_letter_document(document);
  making.bytes += letter.document.size();
  making.batch.dead_letters.push_back(std::move(letter));
}

TableRows& BatchMaker::rows_of(Making& making, const TableMapping* table) {
  const auto [slot, is_new] = making.slots.try_emplace(table, making.batch.tables.size());
  if (is_new) {
    RowEncoder& encoder = encoder_of(table);
    making.batch.tables.push_back(
        {.table = table, .upserts = encoder.make_upserts(), .removals = encoder.make_removals()});
  }
  return making.batch.tables[slot->second];
}

RowEncoder& BatchMaker::encoder_of(const TableMapping* table) {
  return encoders_.try_emplace(table, *table, target_).first->second;
}

std::size_t BatchMaker::look_up_weight(const TableMapping* table) const {
  const auto known = look_up_weights_.find(table);
  return known == look_up_weights_.end() ? kLookUpWeightFirst : known->second;
}

}  // namespace relay
