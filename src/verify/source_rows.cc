#include "verify/source_rows.h"

#include <optional>
#include <utility>

#include "apply/array_cells.h"
#include "decode/bson_bytes.h"
#include "decode/json_writer.h"
#include "decode/key_parse.h"
#include "decode/key_text.h"
#include "verify/digest.h"

namespace relay {
namespace {

constexpr std::size_t kChunkDocuments = 10'000;
constexpr std::size_t kChunkBytes = 4U << 20U;

}  // namespace

SourceRows::SourceRows(ChangeSource& source, const TableMapping& mapping, TargetKind target)
    : source_(source),
      mapping_(mapping),
      target_(target),
      encoder_(mapping, target),
      row_(mapping, target) {}

Status SourceRows::scan(const Visit& visit, const Progress& progress) {
  KeyBound from;
  for (;;) {
    const Result<Chunk> chunk = source_.read_chunk({.ns = view_of(mapping_.from),
                                                    .from = from,
                                                    .documents_max = kChunkDocuments,
                                                    .bytes_max = kChunkBytes});
    if (!chunk.ok()) return chunk.error();
    encode(chunk.value().documents, visit);
    if (!progress(chunk.value().documents.size()))
      return Error{ErrorKind::stopped, "read documents: no more are wanted", ""};
    if (!chunk.value().next) return ok_status();
    from = *chunk.value().next;
  }
}

Status SourceRows::look(std::span<const RawDocument> ids, const Visit& visit) {
  const Result<ClusterTime> now = source_.current_time();
  if (!now.ok()) return now.error();
  return source_.look_up({.ns = view_of(mapping_.from), .keys = ids, .not_before = now.value()},
                         [&](RawDocument document) {
                           encode({&document, 1}, visit);
                           return true;
                         });
}

void SourceRows::encode(std::span<const RawDocument> documents, const Visit& visit) {
  RowBlock block = encoder_.make_upserts();
  std::vector<RawDocument> added;
  added.reserve(documents.size());
  for (const RawDocument document : documents) {
    if (!encoder_.wants(document)) continue;
    key_text_.clear();
    if (!append_key_text(document, key_text_)) key_text_ = format_dead_letter_document(document);
    if (add(document, block)) {
      added.push_back(document);
    } else {
      visit_unfit(document, visit);
    }
  }
  // What an earlier document would need is no affair of the later ones.
  static_cast<void>(encoder_.take_new_columns());
  block.seal();
  auto document = added.begin();
  for (const RowChunk& chunk : block.chunks()) {
    for (const std::string& row : row_.rows_of(chunk)) {
      visit({.key = key_of_row(row),
             .document = *document++,
             .side = {.state = Side::State::row, .digest = make_digest(row)}});
    }
  }
}

// On CrateDB each document is written as if it were the first of its table: types that other
// documents have chosen decide only where a value stands (object_tree.h), and of a table without a
// place for the rest they would decide whether there is a row.
bool SourceRows::add(RawDocument document, RowBlock& block) {
  if (target_ == TargetKind::cratedb) {
    encoder_.set_sub_columns({});
    encoder_.learn(document);
  }
  return encoder_.add_upsert(key_text_, document, block).is_added();
}

// The row of an earlier version may be there.
void SourceRows::visit_unfit(RawDocument document, const Visit& visit) {
  const std::optional<std::string> key = make_key(copy_id(document));
  visit(
      {.key = key ? *key : key_text_, .document = document, .side = {.state = Side::State::unfit}});
}

std::optional<std::string> SourceRows::make_key(const std::string& id) {
  const RowBlock keys = make_keys({&id, 1});
  if (keys.row_count() == 0) return std::nullopt;
  std::string key;
  row_.append_key(ArrayCells(keys.chunks().front().columns.front())[0], key);
  return key;
}

RowBlock SourceRows::make_keys(std::span<const std::string> ids) {
  RowBlock removals = encoder_.make_removals();
  for (const std::string& id : ids) {
    const RawDocument document = view_of_bytes(id);
    std::string text;
    if (append_key_text(document, text))
      static_cast<void>(encoder_.add_removal(text, document, 0, removals));
  }
  removals.seal();
  return removals;
}

std::string copy_id(RawDocument document) {
  std::string id;
  BsonReader reader;
  if (!reader.open(document)) return id;
  BsonElement element;
  while (reader.next(element) == BsonReader::Step::element) {
    if (element.name() != "_id") continue;
    const std::size_t start = begin_document(id);
    begin_element(element.type, "_id", id);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes kept as text.
    id.append(reinterpret_cast<const char*>(element.value_at), element.value_size);
    end_document(start, id);
    break;
  }
  return id;
}

}  // namespace relay
