#include "decode/object_columns.h"

#include <algorithm>
#include <array>

namespace relay {
namespace {

struct TypeWord {
  std::string_view word;
  ObjectType type;
};

constexpr std::array kTypeWords = {
    TypeWord{"undefined", ObjectType::undefined},
    TypeWord{"bigint", ObjectType::bigint},
    TypeWord{"double precision", ObjectType::double_},
    TypeWord{"boolean", ObjectType::boolean},
    TypeWord{"text", ObjectType::text},
    TypeWord{"object", ObjectType::object},
};

// Those that exist fit into this many times over.
constexpr std::size_t kNodesMax = 10'000;

constexpr std::string_view kArray = "_array";

ObjectType parse_type(std::string_view word) {
  const auto known = std::ranges::find(kTypeWords, word, &TypeWord::word);
  return known == kTypeWords.end() ? ObjectType::other : known->type;
}

}  // namespace

ObjectNode* ObjectNode::find(std::string_view name) {
  const auto child = children_.find(name);
  return child == children_.end() ? nullptr : child->second.get();
}

ObjectNode& ObjectNode::add(std::string_view name) {
  return *children_.emplace(std::string(name), std::make_unique<ObjectNode>()).first->second;
}

ObjectColumns::ObjectColumns(const std::vector<SubColumn>& known, std::size_t own_count)
    : own_count_(own_count) {
  for (const SubColumn& column : known) {
    ObjectNode* node = &this->column(column.column);
    for (const std::string& name : column.path) {
      ObjectNode* const child = node->find(name);
      node = child == nullptr ? &node->add(name) : child;
    }
    std::string_view word = column.type;
    node->is_array = word.ends_with(kArray);
    if (node->is_array) word.remove_suffix(kArray.size());
    node->type = parse_type(word);
    node->exists = true;
    ++count_;
  }
}

ObjectNode& ObjectColumns::column(const std::string& name, bool is_array) {
  ObjectNode* const known = table_.find(name);
  ObjectNode& node = known == nullptr ? table_.add(name) : *known;
  node.type = ObjectType::object;
  node.is_array = is_array;
  node.exists = true;
  return node;
}

ObjectNode* ObjectColumns::find_or_add(ObjectNode& parent, std::string_view name) {
  if (ObjectNode* child = parent.find(name)) return child;
  if (is_full() || node_count_ >= kNodesMax) return nullptr;
  ++node_count_;
  return &parent.add(name);
}

bool ObjectColumns::settle(ObjectNode& node, ObjectType type, bool is_array) {
  if (node.exists && node.type == type && node.is_array == is_array) return true;
  if (!node.exists && is_full()) return false;
  log_.push_back({&node, node.type, node.is_array, node.exists});
  if (!node.exists) ++count_;
  node.type = type;
  node.is_array = is_array;
  node.exists = true;
  return true;
}

void ObjectColumns::undo(std::size_t mark) {
  for (; log_.size() > mark; log_.pop_back()) {
    const Change& change = log_.back();
    if (!change.existed) --count_;
    change.node->type = change.type;
    change.node->is_array = change.is_array;
    change.node->exists = change.existed;
  }
}

bool ObjectColumns::end_row() {
  const bool brings_columns = log_.size() > row_start_;
  row_start_ = log_.size();
  return brings_columns;
}

void ObjectColumns::end_batch() {
  log_.clear();
  row_start_ = 0;
}

void ObjectColumns::discard_batch() {
  undo(0);
  row_start_ = 0;
}

bool is_sub_column_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '.' && c != '[' && c != '\'';
  });
}

}  // namespace relay
