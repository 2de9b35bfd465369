// ObjectColumns: the types that the sub-columns of a table's OBJECT(DYNAMIC) columns have, or will
// have once the rows made so far are written.
//
// CrateDB gives a sub-column the type of the first value it sees, and casts all later ones to it
// without a word: 3.9 becomes 3. So whoever writes has to know the types, and sends a value only
// where it is stored as it is.
//
// Invariant: a sub-column's type here is the one CrateDB has, or will choose, because every value
// that is sent for it has the JSON form of that type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mapping/sub_column.h"

namespace relay {

enum class ObjectType : std::uint8_t {
  undefined,  // Only nulls so far, or of an array: no element.
  bigint,
  double_,
  boolean,
  text,
  object,
  other,  // Made by somebody else, of a type that takes nothing here.
};

class ObjectNode {
 public:
  ObjectType type = ObjectType::undefined;
  bool is_array = false;     // `type` is that of the elements then.
  bool exists = false;       // In the table, or in rows under way. Else only a hint.
  bool has_doubles = false;  // A hint: a sample had numbers with a fraction here.

  // nullptr: not known.
  [[nodiscard]] ObjectNode* find(std::string_view name);

 private:
  friend class ObjectColumns;

  ObjectNode& add(std::string_view name);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, std::unique_ptr<ObjectNode>, Hash, std::equal_to<>> children_;
};

class ObjectColumns {
 public:
  // CrateDB's default for a table, all levels together.
  static constexpr std::size_t kTableColumnsMax = 1'000;
  // Room for columns that others add.
  static constexpr std::size_t kReserved = 50;

  // `known`: as the catalogue lists them, parents in front of what is in them. `own_count`: columns
  // of the table itself.
  explicit ObjectColumns(const std::vector<SubColumn>& known, std::size_t own_count = 0);
  ObjectColumns(const ObjectColumns&) = delete;  // The log points into the tree.
  ObjectColumns& operator=(const ObjectColumns&) = delete;

  // An OBJECT column of the table, or with `is_array` a list of such objects.
  ObjectNode& column(const std::string& name, bool is_array = false);
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool is_empty() const { return count_ == 0; }
  // So many columns more may come, of the table itself or inside of others.
  [[nodiscard]] std::size_t room() const {
    const std::size_t used = own_count_ + count_ + kReserved;
    return used >= kTableColumnsMax ? 0 : kTableColumnsMax - used;
  }
  // No further sub-column is made.
  [[nodiscard]] bool is_full() const { return room() == 0; }
  // The table has grown to this many columns of its own.
  void set_own_count(std::size_t count) { own_count_ = count; }

  // nullptr: not known, and there is no room for another. Field names that are data, a new one in
  // every document, must not fill the memory.
  ObjectNode* find_or_add(ObjectNode& parent, std::string_view name);

  // Before a value of `type` is sent for the node. False: the budget of columns is used up.
  bool settle(ObjectNode& node, ObjectType type, bool is_array);

  // What was settled since the mark is taken back by undo(): the value was not sent after all.
  [[nodiscard]] std::size_t mark() const { return log_.size(); }
  void undo(std::size_t mark);

  // The row is part of the batch under way. True: it brings sub-columns, or is the first with a
  // value for one. Then it has to be the last of its statement: of rows behind it that exist
  // already CrateDB (6.4.3, measured) keeps the old object, and counts them as written.
  bool end_row();
  // It became none: so did its columns.
  void discard_row() { undo(row_start_); }
  // The rows are on their way to the table.
  void end_batch();
  // The batch is made again, and its first rows bring the columns again.
  void discard_batch();

 private:
  struct Change {
    ObjectNode* node = nullptr;
    ObjectType type = ObjectType::undefined;  // Before.
    bool is_array = false;
    bool existed = false;
  };

  ObjectNode table_;  // Its children are the columns of the table.
  std::size_t own_count_ = 0;
  std::size_t count_ = 0;       // Of the sub-columns that exist.
  std::size_t node_count_ = 0;  // Hints too.
  std::vector<Change> log_;     // Of the batch under way.
  std::size_t row_start_ = 0;   // Where in it the row under way begins.
};

// Whether a sub-column may have this name. Refused by CrateDB: dots, opening brackets and control
// characters; refused here: quotes, which its catalogue does not tell apart from its own.
bool is_sub_column_name(std::string_view name);

}  // namespace relay
