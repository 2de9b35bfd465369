#include "decode/row_encoder.h"

#include <algorithm>
#include <array>

#include "decode/cell_text.h"
#include "decode/change_cutter.h"
#include "decode/text_format.h"
#include "decode/tree_writer.h"
#include "mapping/column_name.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

constexpr std::size_t kRestKeptMax = 256U << 10U;

// What CrateDB takes best in one statement; of much larger ones it leaves rows out. With room for
// the row that closes the chunk.
constexpr ChunkLimits kCrateChunk{.rows_max = 5'000, .bytes_max = 6U << 20U};

// JSON columns of a log of events.
constexpr std::array<std::string_view, 3> kEventJson = {"document_key", "document", "change"};
constexpr std::size_t kDocumentAt = 1;
constexpr std::size_t kChangeAt = 2;

// Of what nothing is cut out.
const PathTree& no_paths() {
  static const PathTree none({}, {});
  return none;
}

std::uint32_t cell_oid(const ColumnType& type, JsonTarget target) {
  if (travels_as_text(type, target)) return kTextOid;
  return element_oid(type);
}

bool has_role(const ShapeColumn& column, ColumnRole role) {
  return column.role == role;
}

// `ms` since 1970. NULL when there is none, or when the column has no such time.
void add_time(std::optional<std::int64_t> ms, RowBlock& block) {
  const std::optional<std::int64_t> us = ms ? to_timestamp(*ms) : std::nullopt;
  if (!us) {
    block.add_null();
    return;
  }
  Cell cell;
  cell.set_big_endian(static_cast<std::uint64_t>(*us));
  block.add_cell(cell.bytes());
}

void add_text(std::string_view text, RowBlock& block) {
  if (text.empty()) {
    block.add_null();
  } else {
    block.add_cell(text);
  }
}

}  // namespace

RowEncoder::RowEncoder(const TableMapping& mapping, JsonTarget target)
    : mapping_(mapping),
      target_(target),
      filter_(mapping.where),
      tree_(mapping.columns, mapping.exclude) {
  if (!mapping.columns.empty()) {
    cells_ = std::make_unique<ColumnCells>(mapping, target, tree_);
    for (const ShapeColumn& column : shape_of(mapping)) {
      if (column.mapped >= 0) order_.push_back(static_cast<std::size_t>(column.mapped));
    }
  }
  if (target == JsonTarget::cratedb) set_sub_columns({});
}

RowBlock RowEncoder::make_upserts(ChunkLimits limits) const {
  std::vector<std::uint32_t> oids;
  for (const ShapeColumn& column : shape_on(target_, mapping_))
    oids.push_back(cell_oid(column.type, target_));
  return {std::move(oids), limits};
}

RowBlock RowEncoder::make_removals(ChunkLimits limits) const {
  std::vector<std::uint32_t> oids;
  for (const ShapeColumn& column : shape_of(mapping_)) {
    if (has_role(column, ColumnRole::key) || has_role(column, ColumnRole::deleted_at))
      oids.push_back(cell_oid(column.type, target_));
  }
  return {std::move(oids), limits};
}

ChunkLimits RowEncoder::chunk_limits() const {
  return target_ == JsonTarget::cratedb ? kCrateChunk : ChunkLimits{};
}

// With those that are not relay's.
std::size_t RowEncoder::count_own_columns() const {
  const auto strange = std::ranges::count_if(mapping_.spare, [&](const SpareColumn& column) {
    return !is_column_taken(mapping_, column.name);
  });
  return shape_on(target_, mapping_).size() + static_cast<std::size_t>(strange);
}

void RowEncoder::set_sub_columns(const std::vector<SubColumn>& known) {
  objects_ = std::make_unique<ObjectColumns>(known, count_own_columns());
  attach_objects();
}

void RowEncoder::take_sub_columns(RowEncoder& earlier) {
  objects_ = std::move(earlier.objects_);
  objects_->set_own_count(count_own_columns());
  attach_objects();
}

void RowEncoder::attach_objects() {
  object_writers_.clear();
  for (const ShapeColumn& column : shape_on(target_, mapping_)) {
    const bool is_json = column.mapped < 0 && column.type.name == TypeName::json;
    if (!is_json) continue;
    object_writers_.push_back(std::make_unique<ObjectWriter>(
        *objects_, objects_->column(column.name), to_value_form(mapping_.json, target_)));
  }
  if (cells_ != nullptr) cells_->set_objects(*objects_);
}

void RowEncoder::learn(RawDocument document) {
  if (cells_ != nullptr) cells_->learn(document);
  if (mapping_.mode == MappingMode::append) {
    object_writers_[kDocumentAt]->learn(document);
  } else if (!object_writers_.empty()) {
    object_writers_.front()->learn(document);
  }
}

void RowEncoder::end_batch() {
  if (objects_ != nullptr) objects_->end_batch();
}

void RowEncoder::discard_batch() {
  if (objects_ != nullptr) objects_->discard_batch();
}

RowOutcome RowEncoder::add_upsert(std::string_view key_text,
                                  RawDocument document,
                                  RowBlock& block) {
  return cells_ == nullptr ? add_document(key_text, document, block)
                           : add_columns(key_text, document, block);
}

RowOutcome RowEncoder::add_document(std::string_view key_text,
                                    RawDocument document,
                                    RowBlock& block) {
  if (key_text.size() > kKeyBytesMax) return {.rejection = Rejection::key_too_long};
  overflow_.clear();
  block.begin_row();
  block.add_cell(key_text);
  const Rejection rejection =
      objects_ == nullptr ? add_json(document, tree_.root(), block)
                          : add_object(*object_writers_.front(), document, tree_.root(), block);
  if (rejection != Rejection::none) {
    block.discard_row();
    forget_row();
    return {.rejection = rejection};
  }
  if (mapping_.on_delete == OnDelete::mark) block.add_null();
  end_row(block);
  return {};
}

// Adds to overflow_ what the column does not keep.
Rejection RowEncoder::add_object(ObjectWriter& writer,
                                 RawDocument document,
                                 const PathNode& excluded,
                                 RowBlock& block) {
  has_rows_ = true;
  const Rejection rejection = writer.write(document, excluded, block.begin_cell(), overflow_);
  if (rejection == Rejection::none) block.end_cell();
  return rejection;
}

// With its last cell, overflow_, where the table has that.
void RowEncoder::end_row(RowBlock& block) {
  if (!object_writers_.empty()) {
    add_text(overflow_, block);
    if (overflow_.capacity() > kRestKeptMax) overflow_ = std::string();
  }
  block.end_row();
  if (objects_ != nullptr && objects_->end_row()) block.end_chunk();
}

// What it would have brought did not come.
void RowEncoder::forget_row() {
  if (objects_ != nullptr) objects_->discard_row();
}

// Whoever writes the rest fills the columns on the way.
Rejection RowEncoder::fill_columns(RawDocument document) {
  has_rows_ = true;
  rest_.clear();
  overflow_.clear();
  if (!object_writers_.empty()) {
    return object_writers_.front()->write_rest(document, tree_.root(), *cells_, rest_, overflow_);
  }
  return TreeWriter(to_value_form(mapping_.json, target_), rest_)
      .write_rest(document, tree_.root(), *cells_);
}

RowOutcome RowEncoder::add_columns(std::string_view key_text,
                                   RawDocument document,
                                   RowBlock& block) {
  cells_->begin(key_text);
  Rejection rejection = fill_columns(document);
  if (rejection == Rejection::none) rejection = cells_->finish();
  if (rejection != Rejection::none) {
    forget_row();
    cells_->new_columns().forget_row();
    return {.rejection = rejection, .detail = std::string(cells_->rejected_column())};
  }
  if (cells_->new_columns().does_row_need()) {
    forget_row();
    return {.needs_column = true};
  }
  add_cells(block);
  if (rest_.capacity() > kRestKeptMax) rest_ = std::string();
  return {};
}

void RowEncoder::add_cells(RowBlock& block) {
  block.begin_row();
  for (const std::size_t column : order_) {
    const Cell& cell = cells_->cell(column);
    if (cell.state() == Cell::State::value) {
      block.add_cell(cell.bytes());
    } else {
      block.add_null();
    }
  }
  if (cells_->has_rest()) block.add_cell(rest_);
  if (mapping_.on_delete == OnDelete::mark) block.add_null();
  end_row(block);
  cells_->trim();
}

bool RowEncoder::add_removal(std::string_view key_text,
                             RawDocument document_key,
                             std::int64_t deleted_at_ms,
                             RowBlock& block) {
  std::string_view key = key_text;
  if (cells_ != nullptr) {
    if (!cells_->take_key(key_text, document_key)) return false;
    key = cells_->key_cell().bytes();
  } else if (key_text.size() > kKeyBytesMax) {
    return false;
  }
  block.begin_row();
  block.add_cell(key);
  if (mapping_.on_delete == OnDelete::mark) add_time(deleted_at_ms, block);
  block.end_row();
  return true;
}

RowOutcome RowEncoder::add_event(const EventRow& event, RowBlock& block) {
  if (event.position.size() > kKeyBytesMax)
    return {.rejection = Rejection::key_too_long, .detail = "position"};
  if (!is_storable_text(event.name_space) || !is_storable_text(event.operation))
    return {.rejection = Rejection::invalid_name, .detail = "namespace"};
  constexpr std::int64_t kSecondMs = 1'000;
  block.begin_row();
  block.add_cell(event.position);
  std::optional<std::int64_t> cluster_ms;
  if (event.cluster_time) cluster_ms = event.cluster_time->seconds * kSecondMs;
  add_time(cluster_ms, block);
  add_time(event.wall_time_ms, block);
  add_text(event.operation, block);
  add_text(event.name_space, block);
  // What is excluded has paths in documents; an update names them in texts with dots.
  std::vector<std::uint8_t> cut;
  RawDocument change = event.change;
  const bool is_update = event.operation == "update";
  if (is_update && !mapping_.exclude.empty() && !change.empty()) {
    cut = cut_update_description(change, tree_.root());
    change = cut;
  }
  overflow_.clear();
  Rejection rejection = Rejection::none;
  std::size_t index = 0;
  for (const RawDocument document : {event.document_key, event.document, change}) {
    rejection = add_event_json(index, document, index == kChangeAt ? no_paths() : tree_, block);
    if (rejection != Rejection::none) break;
    ++index;
  }
  if (rejection != Rejection::none) {
    block.discard_row();
    forget_row();
    return {.rejection = rejection, .detail = std::string(kEventJson[index])};
  }
  if (!overflow_.empty()) overflow_.push_back('}');
  end_row(block);
  return {};
}

// In overflow_ each column has a name of its own.
Rejection RowEncoder::add_event_json(std::size_t index,
                                     RawDocument document,
                                     const PathTree& tree,
                                     RowBlock& block) {
  if (objects_ == nullptr || document.empty()) return add_json(document, tree.root(), block);
  const std::size_t start = overflow_.size();
  overflow_.append(start == 0 ? "{\"" : ",\"").append(kEventJson[index]).append("\":");
  const std::size_t value_start = overflow_.size();
  const Rejection rejection = add_object(*object_writers_[index], document, tree.root(), block);
  if (overflow_.size() == value_start) overflow_.resize(start);
  return rejection;
}

// A cell with the document; NULL when there is none.
Rejection RowEncoder::add_json(RawDocument document,
                               const PathNode& excluded,
                               RowBlock& block) const {
  if (document.empty()) {
    block.add_null();
    return Rejection::none;
  }
  const Rejection rejection = TreeWriter(to_value_form(mapping_.json, target_), block.begin_cell())
                                  .write_document_without(document, &excluded);
  if (rejection == Rejection::none) block.end_cell();
  return rejection;
}

std::string RowEncoder::format_letter(RawDocument document) const {
  if (mapping_.exclude.empty()) return format_dead_letter_document(document);
  std::string text;
  const Rejection rejection = TreeWriter(ValueForm::canonical, text, NameRule::encode)
                                  .write_document_without(document, &tree_.root());
  return rejection == Rejection::none ? text : R"({"$withheld":true})";
}

std::vector<std::uint64_t> RowEncoder::misfits() const {
  std::vector<std::uint64_t> counts;
  if (cells_ != nullptr) counts.assign(cells_->misfits().begin(), cells_->misfits().end());
  for (const auto& writer : object_writers_)
    counts.push_back(writer->misfits());
  return counts;
}

const std::string& RowEncoder::misfit_column(std::size_t index) const {
  static const std::vector<std::string> kNames(kEventJson.begin(), kEventJson.end());
  if (index < mapping_.columns.size()) return mapping_.columns[index].name;
  return mapping_.mode == MappingMode::append ? kNames[index] : mapping_.rest;
}

std::vector<ColumnMapping> RowEncoder::take_new_columns() {
  return cells_ == nullptr ? std::vector<ColumnMapping>() : cells_->new_columns().take();
}

}  // namespace relay
