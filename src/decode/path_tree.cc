#include "decode/path_tree.h"

#include <algorithm>
#include <bit>

namespace relay {

std::uint64_t hash_element_name(std::string_view name) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(name.data());
  std::size_t left = name.size();
  std::uint64_t hash = 0;
  for (; left >= 8; left -= 8, at += 8)
    hash = mix_word(hash, load_u64(at));
  return mix_word(hash, load_short_word(at, left));
}

const PathNode* PathNode::find(std::uint64_t hash, std::string_view name) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask; slots_[i].child != nullptr; i = (i + 1) & mask) {
    if (slots_[i].hash == hash && slots_[i].child->name_ == name) return slots_[i].child;
  }
  return nullptr;
}

const PathNode* PathNode::find(std::string_view name) const {
  return slots_.empty() ? nullptr : find(hash_element_name(name), name);
}

PathNode& PathNode::child_or_new(const std::string& name) {
  for (const auto& child : children_) {
    if (child->name_ == name) return *child;
  }
  children_.push_back(std::make_unique<PathNode>());
  children_.back()->name_ = name;
  return *children_.back();
}

void PathNode::fill_slots() {
  if (children_.empty()) return;
  slots_.assign(std::bit_ceil(children_.size() * 2), Slot{});
  const std::size_t mask = slots_.size() - 1;
  for (const auto& child : children_) {
    const std::uint64_t hash = hash_element_name(child->name_);
    std::size_t i = hash & mask;
    while (slots_[i].child != nullptr)
      i = (i + 1) & mask;
    slots_[i] = {hash, child.get()};
    child->fill_slots();
  }
}

PathTree::PathTree(const std::vector<ColumnMapping>& columns,
                   const std::vector<FieldPath>& excluded)
    : root_(std::make_unique<PathNode>()) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    PathNode* node = root_.get();
    for (const std::string& name : columns[i].path) {
      node->has_columns_below_ = true;
      node = &node->child_or_new(name);
    }
    node->columns_.push_back(i);
  }
  for (const FieldPath& path : excluded) {
    PathNode* node = root_.get();
    for (const std::string& name : path) {
      node->has_exclusions_below_ = true;
      node = &node->child_or_new(name);
    }
    node->is_excluded_ = true;
  }
  root_->fill_slots();
}

}  // namespace relay
