// TreeWriter: one walk over a document that follows the paths of a mapping. Values with a column go
// to the cells, excluded ones nowhere, all others into the JSON text.
//
// What the text keeps of a value whose path has a column:
//
//   it fits        nothing; of a document that has further columns below, what does not fit those
//   null           null
//   it is a misfit all of it, in canonical Extended JSON
//
// and of a value without: all of it, in the form of the mapping. Columns do not go through arrays,
// exclusions do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "decode/column_cells.h"
#include "decode/path_tree.h"
#include "decode/value_writer.h"

namespace relay {

// How much of a document's fields goes into the text.
enum class Keep : std::uint8_t {
  rest,        // What has no column, and misfits.
  misfits,     // Misfits and nulls only: a column has all the rest.
  everything,  // The document is a misfit, or there are no columns.
};

class TreeWriter : private ValueWriter {
 public:
  // `out` outlives the writer.
  TreeWriter(ValueForm form, std::string& out, NameRule names = NameRule::refuse)
      : ValueWriter(form, names, out) {}

  // Each writer writes once. After a rejection `out` may end with part of the text.

  // Fills `cells` too. A misfit is a rejection when `cells` say that there is no JSON column; the
  // text is of no use then.
  Rejection write_rest(RawDocument document, const PathNode& root, ColumnCells& cells);
  // The same of a document inside, whose path is `node`; Keep::misfits: {} stands for nothing.
  Rejection write_below(RawDocument document, const PathNode& node, Keep keep, ColumnCells& cells);
  // The whole document, or value, but what is excluded below `node`; null: all of it.
  Rejection write_document_without(RawDocument document, const PathNode* node);
  Rejection write_value_without(const BsonElement& element, const PathNode* node);

 private:
  // Goes with the frame of the same depth, when that follows a path.
  struct Level {
    const PathNode* node;
    std::size_t text_start;  // Offset of what was written for the document, its name included.
    Keep keep;
    bool has_columns;
  };

  Rejection open_level(RawDocument document, BsonType type, ValueForm form, const Level& level);
  Rejection run_tree();
  void close_level();
  Rejection take_element(const BsonElement& element);
  Rejection take_unmapped(const BsonElement& element, Keep keep);
  Rejection take_mapped(const BsonElement& element, const PathNode& node);
  Rejection begin_field(const BsonElement& element);
  Rejection write_plain(const BsonElement& element, ValueForm form);

  ColumnCells* cells_ = nullptr;  // nullptr: exclusions only.
  bool is_top_ = false;           // The walk began at the document's top.
  std::array<Level, kDepthMax> levels_;
};

}  // namespace relay
