// PathTree: the paths of a mapping by name, so that one walk over a document finds its columns,
// the parts that are cut out, and all the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "decode/bson_reader.h"
#include "mapping/table_mapping.h"

namespace relay {

// A name of a path, reached by the names before it. The root has none.
class PathNode {
 public:
  // nullptr: no path goes this way.
  [[nodiscard]] const PathNode* find(const BsonElement& element) const {
    return slots_.empty() ? nullptr : find(element.name_hash, element.name());
  }
  [[nodiscard]] const PathNode* find(std::string_view name) const;

  // Of the mapping, those with exactly this path.
  [[nodiscard]] const std::vector<std::size_t>& columns() const { return columns_; }
  // Together with everything below.
  [[nodiscard]] bool is_excluded() const { return is_excluded_; }
  [[nodiscard]] bool has_columns_below() const { return has_columns_below_; }
  [[nodiscard]] bool has_exclusions_below() const { return has_exclusions_below_; }

 private:
  friend class PathTree;

  struct Slot {
    std::uint64_t hash = 0;
    const PathNode* child = nullptr;  // nullptr: the slot is free.
  };

  [[nodiscard]] const PathNode* find(std::uint64_t hash, std::string_view name) const;
  PathNode& child_or_new(const std::string& name);
  void fill_slots();

  std::string name_;
  std::vector<std::size_t> columns_;
  bool is_excluded_ = false;
  bool has_columns_below_ = false;
  bool has_exclusions_below_ = false;
  std::vector<Slot> slots_;  // Open addressing, at most half full, a power of two; or empty.
  std::vector<std::unique_ptr<PathNode>> children_;
};

class PathTree {
 public:
  PathTree(const std::vector<ColumnMapping>& columns, const std::vector<FieldPath>& excluded);

  [[nodiscard]] const PathNode& root() const { return *root_; }

 private:
  std::unique_ptr<PathNode> root_;  // On the heap: nodes keep their addresses when a tree moves.
};

// The same value as BsonElement::name_hash of an element with this name.
std::uint64_t hash_element_name(std::string_view name);

}  // namespace relay
