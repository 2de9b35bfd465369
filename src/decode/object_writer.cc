#include "decode/object_writer.h"

#include "decode/column_cells.h"
#include "decode/document_look.h"
#include "decode/text_format.h"

namespace relay {
namespace {

void put_name(std::string_view name, TextBuffer& text) {
  text.put('"');
  static_cast<void>(put_json_characters(text, name, NulRule::refuse));  // It is UTF-8, without NUL.
  text.put("\":");
}

}  // namespace

bool ObjectWriter::reject(Rejection rejection) {
  rejection_ = rejection;
  return false;
}

Rejection ObjectWriter::write(RawDocument document,
                              const PathNode& node,
                              std::string& data,
                              std::string& overflow) {
  cells_ = nullptr;
  // The document itself may have names with `$`: the column is an object, whatever they are.
  return write_top({.document = document,
                    .column = &column_,
                    .node = node.has_exclusions_below() ? &node : nullptr,
                    .is_canonical = form_ == ValueForm::canonical},
                   data,
                   overflow);
}

Rejection ObjectWriter::write_rest(RawDocument document,
                                   const PathNode& root,
                                   ColumnCells& cells,
                                   std::string& rest,
                                   std::string& overflow) {
  cells_ = &cells;
  return write_top({.document = document,
                    .column = &column_,
                    .node = &root,
                    .keep = Keep::rest,
                    .has_columns = true,
                    .is_canonical = form_ == ValueForm::canonical},
                   rest,
                   overflow);
}

Rejection ObjectWriter::write_whole(RawDocument document, const PathNode* node, std::string& out) {
  cells_ = nullptr;
  if (has_dollar_names(document)) return Rejection::misfit;
  scratch_overflow_.clear();
  is_whole_ = false;
  const Rejection rejection = write_top({.document = document,
                                         .column = &column_,
                                         .node = node,
                                         .is_whole = true,
                                         .is_canonical = form_ == ValueForm::canonical},
                                        out,
                                        scratch_overflow_);
  if (rejection != Rejection::none) return rejection;
  return is_whole_ ? Rejection::none : Rejection::misfit;
}

Rejection ObjectWriter::write_top(const Level& level, std::string& data, std::string& overflow) {
  rejection_ = Rejection::none;
  TextBuffer data_text(data);
  TextBuffer overflow_text(overflow);
  NameSet names;
  Cells cells{.data = data_text, .overflow = overflow_text, .names = names};
  is_whole_ = write_fields(level, cells);
  data_text.flush();
  overflow_text.flush();
  return rejection_;
}

bool ObjectWriter::check_name(const Level& level,
                              const BsonElement& element,
                              std::uint64_t salt,
                              Cells& cells) {
  if (!cells.names.insert(element.name_hash ^ salt) && has_name_before(level.document, element))
    return reject(Rejection::duplicate_key);
  if (!element.is_name_plain && !is_utf8(element.name())) return reject(Rejection::invalid_name);
  return true;
}

bool ObjectWriter::write_fields(const Level& level, Cells& cells) {
  BsonReader reader;
  BsonElement element;
  if (!reader.open(level.document)) return reject(Rejection::malformed);
  const std::uint64_t salt = ++level_count_ * 0xD1B54A32D192ED03;
  const std::size_t overflow_start = cells.overflow.size();
  Written written;
  cells.data.put('{');
  cells.overflow.put('{');
  for (;;) {
    const BsonReader::Step step = reader.next(element);
    if (step == BsonReader::Step::malformed) return reject(Rejection::malformed);
    if (step == BsonReader::Step::end) break;
    const PathNode* const node = level.node == nullptr ? nullptr : level.node->find(element);
    if (node != nullptr && node->is_excluded()) continue;
    if (!check_name(level, element, salt, cells)) return false;
    const std::optional<Level> inside = enter(level, element, node);
    if (rejection_ != Rejection::none) return false;
    if (inside && !write_field(element, *level.column, *inside, written, cells)) return false;
  }
  cells.data.put('}');
  if (written.has_overflow) {
    cells.overflow.put('}');
  } else {
    cells.overflow.cut(overflow_start);
  }
  return true;
}

bool ObjectWriter::leads_to_columns(const Level& level) {
  return level.has_columns && level.node != nullptr && level.node->has_columns_below();
}

// As TreeWriter does it: tree_writer.h says what is kept.
std::optional<ObjectWriter::Level> ObjectWriter::enter(const Level& level,
                                                       const BsonElement& element,
                                                       const PathNode* node) {
  Level inside = level;
  inside.node = node;
  ++inside.depth;
  bool is_kept = level.keep != Keep::misfits;
  if (node == nullptr) {
    if (level.depth == 0 && cells_ != nullptr) cells_->note_unmapped(element);
  } else if (level.has_columns && !node->columns().empty()) {
    switch (cells_->take(*node, element)) {
      case ColumnCells::Verdict::fits:
        if (inside.keep == Keep::rest) inside.keep = Keep::misfits;
        is_kept = inside.keep == Keep::everything;
        break;
      case ColumnCells::Verdict::null:
        is_kept = true;
        break;
      case ColumnCells::Verdict::misfit:
        inside.keep = Keep::everything;
        inside.is_canonical = true;
        inside.is_counted = true;
        is_kept = true;
        break;
      case ColumnCells::Verdict::rejected:
        reject(cells_->rejection());
        return std::nullopt;
    }
  }
  inside.has_columns = level.has_columns && element.type == BsonType::document;
  if (!is_kept && !leads_to_columns(inside)) return std::nullopt;
  return inside;
}

// False: a rejection, or in a level that is_whole a misfit.
bool ObjectWriter::write_field(const BsonElement& element,
                               ObjectNode& parent,
                               const Level& inside,
                               Written& written,
                               Cells& cells) {
  const std::size_t data_start = cells.data.size();
  const std::size_t misfit_start = cells.overflow.size();
  if (written.has_data) cells.data.put(',');
  put_name(element.name(), cells.data);
  if (written.has_overflow) cells.overflow.put(',');
  put_name(element.name(), cells.overflow);
  const std::size_t value_start = cells.data.size();
  const std::size_t overflow_start = cells.overflow.size();
  ObjectNode* const column =
      is_sub_column_name(element.name()) ? columns_.find_or_add(parent, element.name()) : nullptr;
  const bool is_stored = column != nullptr && put_value(element, *column, inside, cells);
  if (rejection_ != Rejection::none) return false;
  if (!is_stored) {
    if (inside.is_whole) return false;
    cells.data.cut(data_start);
    cells.overflow.cut(overflow_start);
    if (!put_overflow(element, inside, cells.overflow)) return false;
  } else if (inside.keep == Keep::misfits && cells.data.size() == value_start + 2) {
    // A document, and columns hold all of it. Nothing is undone: one of them may be an OBJECT too.
    cells.data.cut(data_start);
  } else {
    written.has_data = true;
  }
  if (cells.overflow.size() == overflow_start) {
    cells.overflow.cut(misfit_start);
  } else {
    written.has_overflow = true;
  }
  return true;
}

bool ObjectWriter::put_value(const BsonElement& element,
                             ObjectNode& column,
                             const Level& inside,
                             Cells& cells) {
  if (element.type == BsonType::null) return put_null(column, cells);
  const bool is_document = element.type == BsonType::document;
  if (!is_document && element.type != BsonType::array) {
    const Place place{.column = column, .is_canonical = inside.is_canonical};
    return put_scalar(element, place, cells.data);
  }
  Level below = inside;
  below.document = element.document();
  return is_document ? put_document(column, below, cells) : put_array(column, below, cells);
}

bool ObjectWriter::put_null(ObjectNode& column, Cells& cells) {
  if (!column.exists && !columns_.settle(column, ObjectType::undefined, false)) return false;
  cells.data.put("null");
  return true;
}

bool ObjectWriter::put_document(ObjectNode& column, const Level& inside, Cells& cells) {
  if (inside.depth >= kObjectDepthMax || has_dollar_names(inside.document)) return false;
  if (!take({.column = column}, ObjectType::object)) return false;
  Level level = inside;
  level.column = &column;
  return write_fields(level, cells);
}

bool ObjectWriter::put_array(ObjectNode& column, const Level& inside, Cells& cells) {
  const std::size_t mark = columns_.mark();
  const std::size_t start = cells.data.size();
  const std::size_t overflow_start = cells.overflow.size();
  if (put_elements(column, inside, cells)) return true;
  columns_.undo(mark);
  cells.data.cut(start);
  cells.overflow.cut(overflow_start);
  return false;
}

bool ObjectWriter::put_elements(ObjectNode& column, const Level& inside, Cells& cells) {
  const ArrayContent content = look_into_array(inside.document);
  const bool is_mixed = inside.is_canonical
                            ? content.has_bare && (content.has_documents || content.has_values)
                            : content.has_documents && content.has_others;
  if (content.has_arrays || is_mixed) return false;
  if (inside.depth >= kObjectDepthMax || (column.exists && !column.is_array)) return false;
  if (!column.exists && !columns_.settle(column, ObjectType::undefined, true)) return false;
  column.has_doubles = column.has_doubles || content.has_fractions;
  BsonReader reader;
  BsonElement element;
  if (!reader.open(inside.document)) return reject(Rejection::malformed);
  bool is_first = true;
  cells.data.put('[');
  for (;;) {
    const BsonReader::Step step = reader.next(element);
    if (step == BsonReader::Step::malformed) return reject(Rejection::malformed);
    if (step == BsonReader::Step::end) break;
    if (!is_first) cells.data.put(',');
    is_first = false;
    const Place place{.column = column, .is_array = true, .is_canonical = inside.is_canonical};
    bool is_stored = true;
    if (element.type == BsonType::null) {
      is_stored = column.type != ObjectType::object;
      cells.data.put("null");
    } else if (element.type == BsonType::document) {
      Level level = inside;
      level.document = element.document();
      level.column = &column;
      level.is_whole = true;
      ++level.depth;
      is_stored = level.depth < kObjectDepthMax && !has_dollar_names(level.document) &&
                  take(place, ObjectType::object) && write_fields(level, cells);
    } else {
      is_stored = put_scalar(element, place, cells.data);
    }
    if (!is_stored) return false;
  }
  cells.data.put(']');
  return true;
}

bool ObjectWriter::take(Place place, ObjectType type) {
  const ObjectNode& column = place.column;
  if (!column.exists) return columns_.settle(place.column, type, place.is_array);
  if (column.is_array != place.is_array) return false;
  if (column.type == type) return true;
  return column.type == ObjectType::undefined &&
         columns_.settle(place.column, type, place.is_array);
}

// What of the value belongs into neither a column nor `data`. For a misfit that was counted where
// it was refused, no count.
bool ObjectWriter::put_overflow(const BsonElement& element,
                                const Level& inside,
                                TextBuffer& overflow) {
  scratch_.clear();
  TreeWriter writer(ValueForm::canonical, scratch_);
  const Rejection rejection =
      leads_to_columns(inside)
          ? writer.write_below(element.document(), *inside.node, inside.keep, *cells_)
          : writer.write_value_without(element, inside.node);
  if (rejection != Rejection::none) return reject(rejection);
  if (inside.keep == Keep::misfits && scratch_ == "{}") return true;
  if (!inside.is_counted) ++misfits_;
  overflow.put(scratch_);
  return true;
}

void ObjectWriter::learn_fields(RawDocument document, ObjectNode& column, std::size_t depth) {
  BsonReader reader;
  BsonElement element;
  if (depth >= kObjectDepthMax || !reader.open(document)) return;
  while (reader.next(element) == BsonReader::Step::element) {
    const bool is_document = element.type == BsonType::document;
    if (!is_document && !is_fraction(element)) continue;
    ObjectNode* const below = columns_.find_or_add(column, element.name());
    if (below == nullptr) continue;
    if (is_document) {
      learn_fields(element.document(), *below, depth + 1);
    } else {
      below->has_doubles = true;
    }
  }
}

}  // namespace relay
