#include "decode/column_cells.h"

#include <optional>

#include "core/check.h"
#include "decode/literal_bson.h"
#include "decode/object_writer.h"

namespace relay {
namespace {

// Where exclusions below the path of a column are; nullptr: there are none.
const PathNode* find_path(const PathTree& tree, const FieldPath& path) {
  const PathNode* node = &tree.root();
  for (const std::string& name : path) {
    if (node != nullptr) node = node->find(name);
  }
  return node != nullptr && node->has_exclusions_below() ? node : nullptr;
}

// The document at the path; nullopt: there is none.
std::optional<RawDocument> find_document(RawDocument document, const FieldPath& path) {
  for (const std::string& name : path) {
    BsonReader reader;
    BsonElement element;
    if (!reader.open(document)) return std::nullopt;
    bool is_found = false;
    while (!is_found && reader.next(element) == BsonReader::Step::element)
      is_found = element.name() == name;
    if (!is_found || element.type != BsonType::document) return std::nullopt;
    document = element.document();
  }
  return document;
}

}  // namespace

ColumnCells::~ColumnCells() = default;

ColumnCells::ColumnCells(const TableMapping& mapping, JsonTarget target, const PathTree& tree)
    : mapping_(mapping),
      target_(target),
      cells_(mapping.columns.size()),
      defaults_(mapping.columns.size()),
      misfits_(mapping.columns.size()),
      has_rest_(!mapping.rest.empty()),
      new_columns_(mapping, target) {
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    const ColumnMapping& column = mapping.columns[i];
    rules_.push_back({.type = column.type,
                      .is_key = column.is_key,
                      .json = mapping.json,
                      .target = target,
                      .path = find_path(tree, column.path)});
    if (column.is_key) key_column_ = i;
    if (column.default_value) set_default(i);
  }
}

void ColumnCells::set_objects(ObjectColumns& objects) {
  objects_ = &objects;
  object_writers_.clear();
  object_writers_.resize(rules_.size());
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    ColumnRule& rule = rules_[i];
    if (rule.type.name != TypeName::json) continue;
    ObjectNode& column = objects.column(mapping_.columns[i].name, rule.type.is_array);
    object_writers_[i] =
        std::make_unique<ObjectWriter>(objects, column, to_value_form(rule.json, target_));
    rule.objects = object_writers_[i].get();
  }
}

void ColumnCells::learn(RawDocument document) {
  for (std::size_t i = 0; i < object_writers_.size(); ++i) {
    if (object_writers_[i] == nullptr || rules_[i].type.is_array) continue;
    const std::optional<RawDocument> inside = find_document(document, mapping_.columns[i].path);
    if (inside) object_writers_[i]->learn(*inside);
  }
}

void ColumnCells::set_default(std::size_t column) {
  const std::vector<std::uint8_t> document =
      literal_document(*mapping_.columns[column].default_value, rules_[column].type.name);
  BsonReader reader;
  BsonElement element;
  const bool is_read = reader.open(document) && reader.next(element) == BsonReader::Step::element;
  CHECK(is_read && convert(element, rules_[column], defaults_[column]) == Rejection::none,
        "TableMap::make has checked that defaults fit");
  // The cell may point into the document, which ends here.
  std::string bytes(defaults_[column].bytes());
  defaults_[column].long_room().swap(bytes);
  defaults_[column].set_long();
}

void ColumnCells::begin(std::string_view key_text) {
  for (Cell& cell : cells_)
    cell.set_missing();
  key_text_ = key_text;
  rejection_ = Rejection::none;
  rejected_column_ = {};
  new_columns_.begin_row();
  take_text_key(key_column_);
}

bool ColumnCells::take_text_key(std::size_t column) {
  const ColumnRule& rule = rules_[column];
  if (!rule.is_key || rule.type != ColumnType{.name = TypeName::text}) return false;
  cells_[column].set_view(key_text_);
  return true;
}

ColumnCells::Verdict ColumnCells::take(const PathNode& node, const BsonElement& element) {
  const bool is_null = element.type == BsonType::null;
  Verdict verdict = is_null ? Verdict::null : Verdict::fits;
  for (const std::size_t column : node.columns()) {
    if (take_text_key(column)) continue;
    const ColumnRule& rule = rules_[column];
    if (is_null) {
      if (rule.is_key) return reject(Rejection::key_misfit, column);
      cells_[column].set_null();
      continue;
    }
    const Rejection rejection = fill(column, element);
    if (rejection == Rejection::none) continue;
    if (rejection != Rejection::misfit) return reject(rejection, column);
    ++misfits_[column];
    if (rule.is_key) return reject(Rejection::key_misfit, column);
    if (!has_rest_) return reject(Rejection::misfit, column);
    cells_[column].set_null();
    verdict = Verdict::misfit;
  }
  return verdict;
}

// What a misfit would have made of sub-columns is forgotten with it.
Rejection ColumnCells::fill(std::size_t column, const BsonElement& element) {
  const std::size_t mark = objects_ == nullptr ? 0 : objects_->mark();
  const Rejection rejection = convert(element, rules_[column], cells_[column]);
  if (rejection != Rejection::none && objects_ != nullptr) objects_->undo(mark);
  return rejection;
}

ColumnCells::Verdict ColumnCells::reject(Rejection rejection, std::size_t column) {
  rejection_ = rejection;
  rejected_column_ = mapping_.columns[column].name;
  return Verdict::rejected;
}

Rejection ColumnCells::finish() {
  const Cell& key = cells_[key_column_];
  if (key.state() != Cell::State::value) {
    reject(Rejection::key_misfit, key_column_);
  } else if (key.bytes().size() > kKeyBytesMax) {
    reject(Rejection::key_too_long, key_column_);
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].state() == Cell::State::missing && defaults_[i].state() == Cell::State::value)
      cells_[i].set_view(defaults_[i].bytes());
  }
  return rejection_;
}

void ColumnCells::trim() {
  for (Cell& cell : cells_)
    cell.trim();
}

bool ColumnCells::take_key(std::string_view key_text, RawDocument document) {
  begin(key_text);
  Cell& key = cells_[key_column_];
  if (key.state() == Cell::State::missing) {
    BsonReader reader;
    BsonElement element;
    if (!reader.open(document)) return false;
    while (key.state() == Cell::State::missing &&
           reader.next(element) == BsonReader::Step::element) {
      if (element.name() != "_id") continue;
      const bool is_kept = element.type != BsonType::null &&
                           convert(element, rules_[key_column_], key) == Rejection::none;
      if (!is_kept) return false;
    }
  }
  return key.state() == Cell::State::value && key.bytes().size() <= kKeyBytesMax;
}

}  // namespace relay
