#include "decode/tree_writer.h"

namespace relay {

Rejection TreeWriter::write_rest(RawDocument document, const PathNode& root, ColumnCells& cells) {
  cells_ = &cells;
  is_top_ = true;
  const Level level{.node = &root,
                    .text_start = 0,
                    .keep = cells.has_rest() ? Keep::rest : Keep::misfits,
                    .has_columns = true};
  Rejection rejection = open_level(document, BsonType::document, root_form(), level);
  if (rejection == Rejection::none) rejection = run_tree();
  text_.flush();
  return rejection;
}

Rejection TreeWriter::write_below(RawDocument document,
                                  const PathNode& node,
                                  Keep keep,
                                  ColumnCells& cells) {
  cells_ = &cells;
  const Level level{.node = &node, .text_start = 0, .keep = keep, .has_columns = true};
  Rejection rejection = open_level(document, BsonType::document, root_form(), level);
  if (rejection == Rejection::none) rejection = run_tree();
  text_.flush();
  return rejection;
}

Rejection TreeWriter::write_document_without(RawDocument document, const PathNode* node) {
  if (node == nullptr || !node->has_exclusions_below()) return write_document(document);
  const Level level{.node = node, .text_start = 0, .keep = Keep::everything, .has_columns = false};
  Rejection rejection = open_level(document, BsonType::document, root_form(), level);
  if (rejection == Rejection::none) rejection = run_tree();
  text_.flush();
  return rejection;
}

Rejection TreeWriter::write_value_without(const BsonElement& element, const PathNode* node) {
  const bool is_nested = element.type == BsonType::document || element.type == BsonType::array;
  if (node == nullptr || !node->has_exclusions_below() || !is_nested) return write_single(element);
  const Level level{.node = node, .text_start = 0, .keep = Keep::everything, .has_columns = false};
  Rejection rejection = open_level(element.document(), element.type, root_form(), level);
  if (rejection == Rejection::none) rejection = run_tree();
  text_.flush();
  return rejection;
}

Rejection TreeWriter::open_level(RawDocument document,
                                 BsonType type,
                                 ValueForm form,
                                 const Level& level) {
  const Rejection rejection = open_frame(document, type, form, 1);
  if (rejection == Rejection::none) levels_[depth_ - 1] = level;
  return rejection;
}

Rejection TreeWriter::run_tree() {
  BsonElement element;
  while (depth_ > 0) {
    const BsonReader::Step step = frames_[depth_ - 1].reader.next(element);
    if (step == BsonReader::Step::malformed) return Rejection::malformed;
    if (step == BsonReader::Step::end) {
      close_level();
      continue;
    }
    const Rejection rejection = take_element(element);
    if (rejection != Rejection::none) return rejection;
  }
  return Rejection::none;
}

void TreeWriter::close_level() {
  const Level& level = levels_[depth_ - 1];
  const bool is_empty = frames_[depth_ - 1].field_count == 0;
  close_frame();
  // A document that a column holds has nothing to say here unless something in it is a misfit.
  if (level.keep == Keep::misfits && is_empty && depth_ > 0) {
    text_.cut(level.text_start);
    --frames_[depth_ - 1].field_count;
  }
}

Rejection TreeWriter::take_element(const BsonElement& element) {
  const Level& level = levels_[depth_ - 1];
  // Elements of an array stand at the path of the array.
  if (frames_[depth_ - 1].is_array) return take_mapped(element, *level.node);
  const PathNode* const node = level.node->find(element);
  if (node == nullptr) return take_unmapped(element, level.keep);
  if (node->is_excluded()) return Rejection::none;
  const Rejection rejection = note_name(frames_[depth_ - 1], element);
  if (rejection != Rejection::none) return rejection;
  return take_mapped(element, *node);
}

Rejection TreeWriter::take_unmapped(const BsonElement& element, Keep keep) {
  if (is_top_ && depth_ == 1) cells_->note_unmapped(element);
  if (keep == Keep::misfits) return Rejection::none;
  const Frame& frame = frames_[depth_ - 1];
  Rejection rejection = note_name(frame, element);
  if (rejection == Rejection::none) rejection = begin_field(element);
  if (rejection == Rejection::none) rejection = write_plain(element, frame.form);
  return rejection;
}

Rejection TreeWriter::take_mapped(const BsonElement& element, const PathNode& node) {
  const Frame& frame = frames_[depth_ - 1];
  Level inside = levels_[depth_ - 1];
  inside.node = &node;
  ValueForm form = frame.form;
  bool is_kept = inside.keep != Keep::misfits;
  if (inside.has_columns && !node.columns().empty()) {
    switch (cells_->take(node, element)) {
      case ColumnCells::Verdict::fits:
        if (inside.keep == Keep::rest) inside.keep = Keep::misfits;
        is_kept = inside.keep == Keep::everything;
        break;
      case ColumnCells::Verdict::null:
        is_kept = true;
        break;
      case ColumnCells::Verdict::misfit:
        inside.keep = Keep::everything;
        form = ValueForm::canonical;
        is_kept = true;
        break;
      case ColumnCells::Verdict::rejected:
        return cells_->rejection();
    }
  }
  inside.has_columns = inside.has_columns && element.type == BsonType::document;
  const bool leads_to_columns = inside.has_columns && node.has_columns_below();
  if (!is_kept && !leads_to_columns) return Rejection::none;
  inside.text_start = text_.size();
  const Rejection rejection = begin_field(element);
  if (rejection != Rejection::none) return rejection;
  const bool is_nested = element.type == BsonType::document || element.type == BsonType::array;
  if (leads_to_columns || (is_nested && node.has_exclusions_below()))
    return open_level(element.document(), element.type, form, inside);
  return write_plain(element, form);
}

Rejection TreeWriter::begin_field(const BsonElement& element) {
  Frame& frame = frames_[depth_ - 1];
  if (frame.field_count != 0) text_.put(',');
  if (!frame.is_array) {
    const Rejection rejection = put_name(frame, element);
    if (rejection != Rejection::none) return rejection;
  }
  ++frame.field_count;
  return Rejection::none;
}

Rejection TreeWriter::write_plain(const BsonElement& element, ValueForm form) {
  const std::size_t floor = depth_;
  const Rejection rejection = write_value(element, form);
  return rejection == Rejection::none ? run(floor) : rejection;
}

}  // namespace relay
