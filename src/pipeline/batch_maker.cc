#include "pipeline/batch_maker.h"

#include <algorithm>
#include <string>
#include <unordered_map>
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

struct BatchMaker::Making {
  Making(std::span<const PlannedWrite> all, Encoders& encoders)
      : writes(all), index(all), rows(encoders) {}

  std::span<const PlannedWrite> writes;
  KeyIndex index;
  RowMaker rows;
  std::vector<TableAction> actions;
  std::vector<SnapshotUpdate> snapshots;
};

// Encoders of tables that have no rows yet see all of the first ones before they write one.
void BatchMaker::learn(std::span<const PlannedWrite> writes) {
  const TableMapping* last = nullptr;
  RowEncoder* encoder = nullptr;  // Of the last table; null: it does not learn.
  for (const PlannedWrite& write : writes) {
    if (write.table != last) {
      last = write.table;
      RowEncoder& its_encoder = encoders_.of(last);
      encoder = its_encoder.is_learning() ? &its_encoder : nullptr;
    }
    if (encoder != nullptr && write.kind == WriteKind::upsert) encoder->learn(write.document);
  }
}

Result<std::optional<Batch>> BatchMaker::make(std::span<const PlannedWrite> writes) {
  Result<std::optional<Batch>> made = try_make(writes);
  if (made.ok() && made.value()) {
    encoders_.end_batch();
  } else {
    encoders_.discard_batch();
  }
  return made;
}

Result<std::optional<Batch>> BatchMaker::try_make(std::span<const PlannedWrite> writes) {
  learn(writes);
  Making making(writes, encoders_);
  std::map<const TableMapping*, std::vector<std::size_t>> look_ups;
  for (const std::size_t i : making.index.survivors()) {
    const PlannedWrite& write = writes[i];
    switch (write.kind) {
      case WriteKind::upsert:
        making.rows.add(write, write.document);
        break;
      case WriteKind::removal:
        making.rows.remove(write);
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
    if (is_too_large(making)) {
      note_needed(making.rows);
      return std::optional<Batch>();
    }
  }
  if (note_needed(making.rows)) return std::optional<Batch>();
  for (const PlannedWrite& write : writes) {
    if (write.kind == WriteKind::barrier) add_barrier(making, write);
  }
  count_misfits();
  Batch batch = making.rows.take();
  batch.actions = std::move(making.actions);
  batch.snapshots = std::move(making.snapshots);
  return std::optional<Batch>(std::move(batch));
}

void BatchMaker::add_barrier(Making& making, const PlannedWrite& write) {
  if (write.barrier == Barrier::emptied)
    making.actions.push_back({TableAction::Kind::truncate, write.table});
  // A collection that begins, under whatever name it was made, gets its table, also before it has
  // documents: whoever copies it looks into the table first.
  if (write.barrier == Barrier::created || write.barrier == Barrier::replaced)
    making.rows.rows_of(write.table);
  making.snapshots.push_back(make_update(*write.table, state_after(write.barrier)));
}

std::optional<Batch> BatchMaker::make_chunk(const ReadChunk& read,
                                            const TableMapping* table,
                                            const IsTouched& is_touched) {
  std::optional<Batch> made = try_make_chunk(read, table, is_touched);
  if (made) {
    encoders_.end_batch();
  } else {
    encoders_.discard_batch();
  }
  return made;
}

std::optional<Batch> BatchMaker::try_make_chunk(const ReadChunk& read,
                                                const TableMapping* table,
                                                const IsTouched& is_touched) {
  RowEncoder& encoder = encoders_.of(table);
  if (encoder.is_learning()) {
    for (const RawDocument document : read.chunk.documents)
      encoder.learn(document);
  }
  RowMaker rows(encoders_);
  PlannedWrite write;
  write.table = table;
  for (const RawDocument document : read.chunk.documents) {
    write.key.clear();
    if (!append_key_text(document, write.key)) write.key = format_dead_letter_document(document);
    if (is_touched(write.key)) continue;
    write.document_key = document;
    rows.add(write, document);
  }
  for (const std::string& key : read.gone) {
    write.key.clear();
    write.document_key = {reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};
    if (append_key_text(write.document_key, write.key) && !is_touched(write.key))
      rows.remove(write);
  }
  if (note_needed(rows)) return std::nullopt;
  count_misfits();
  return rows.take();
}

bool BatchMaker::note_needed(const RowMaker& rows) {
  for (const TableMapping* table : rows.growing())
    needed_[table] = encoders_.of(table).take_new_columns();
  return !rows.growing().empty();
}

void BatchMaker::replace_table(const TableMapping* old, const TableMapping* next) {
  encoders_.replace(old, next);
  if (auto weight = look_up_weights_.extract(old)) {
    weight.key() = next;
    look_up_weights_.insert(std::move(weight));
  }
}

void BatchMaker::add_table(Batch& batch, const TableMapping* table) {
  if (std::ranges::find(batch.tables, table, &TableRows::table) != batch.tables.end()) return;
  RowMaker rows(encoders_);
  rows.rows_of(table);
  batch.tables.push_back(std::move(rows.take().tables.front()));
}

// The rows of one event cannot be made fewer: a batch ends between events.
bool BatchMaker::is_too_large(const Making& making) const {
  const bool can_shrink = making.writes.front().event_ordinal != making.writes.back().event_ordinal;
  return can_shrink && making.rows.byte_count() > bytes_max_ * kOverflowFactor;
}

// Calls `use` with each document that exists; it returns how many writes the document served.
Status BatchMaker::fetch(
    Making& making,
    const TableMapping* table,
    std::span<const std::size_t> indices,
    const std::function<std::size_t(std::string_view key, RawDocument document)>& use) {
  std::vector<RawDocument> keys;
  keys.reserve(indices.size());
  ClusterTime not_before;
  for (const std::size_t i : indices) {
    keys.push_back(making.writes[i].document_key);
    not_before = std::max(not_before, making.writes[i].cluster_time);
  }
  std::size_t served = 0;
  const std::size_t bytes_before = making.rows.byte_count();
  std::string key;
  Status looked_up =
      source_.look_up({.ns = view_of(table->from), .keys = keys, .not_before = not_before},
                      [&](RawDocument document) {
                        key.clear();
                        if (append_key_text(document, key)) served += use(key, document);
                        return !is_too_large(making);
                      });
  if (!looked_up.ok()) return looked_up;
  progress_.count_look_ups(keys.size());
  if (served > 0) look_up_weights_[table] = (making.rows.byte_count() - bytes_before) / served + 1;
  return looked_up;
}

Status BatchMaker::look_up_table(Making& making,
                                 const TableMapping* table,
                                 std::span<const std::size_t> indices) {
  std::vector<bool> is_found(making.writes.size());
  std::unordered_multimap<std::string, std::size_t> events;
  const bool is_log = table->mode == MappingMode::append;
  if (is_log) {
    // A row for each event: several may be of one document.
    for (const std::size_t i : indices) {
      std::string key;
      if (append_key_text(making.writes[i].document_key, key)) events.emplace(std::move(key), i);
    }
  }
  const auto use = [&](std::string_view key, RawDocument document) -> std::size_t {
    if (is_log) {
      const auto [first, last] = events.equal_range(std::string(key));
      std::size_t count = 0;
      for (auto at = first; at != last; ++at, ++count) {
        is_found[at->second] = true;
        making.rows.add(making.writes[at->second], document);
      }
      events.erase(first, last);
      return count;
    }
    // Under a collation the server may also return a document whose _id only compares equal.
    const std::optional<std::size_t> at = making.index.find(table, key);
    if (!at || making.writes[*at].kind != WriteKind::look_up || is_found[*at]) return 0;
    is_found[*at] = true;
    making.rows.add(making.writes[*at], document);
    return 1;
  };
  Status fetched = fetch(making, table, indices, use);
  if (!fetched.ok() || is_too_large(making)) return fetched;
  for (const std::size_t i : indices) {
    if (is_found[i]) continue;
    // Gone by now: its delete event follows, and deleting early comes to the same.
    if (is_log) {
      making.rows.add(making.writes[i], {});
    } else {
      making.rows.remove(making.writes[i]);
    }
  }
  return fetched;
}

void BatchMaker::count_misfits() {
  TableCountMap counts;
  for (auto& [table, misfits] : encoders_.take_misfits())
    counts[table].misfits = misfits;
  progress_.count_events(counts);
}

std::size_t BatchMaker::look_up_weight(const TableMapping* table) const {
  const auto known = look_up_weights_.find(table);
  return known == look_up_weights_.end() ? kLookUpWeightFirst : known->second;
}

}  // namespace relay
