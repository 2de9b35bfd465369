// ObjectWriter: a document as an OBJECT(DYNAMIC) column of CrateDB keeps it, and what of it such a
// column does not keep.
//
//   data      JSON of all values that the column stores exactly
//   overflow  JSON of the others, nested as in the document, in canonical Extended JSON
//
// Which values those are depends on the types that the sub-columns have: object_columns.h. Never
// both, never neither: every value is in exactly one of the two, or in a column of its own.
//
// An array goes as a whole: into `data` when all its elements do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/raw_document.h"
#include "decode/bson_reader.h"
#include "decode/json_writer.h"
#include "decode/name_set.h"
#include "decode/object_columns.h"
#include "decode/path_tree.h"
#include "decode/text_buffer.h"
#include "decode/tree_writer.h"

namespace relay {

// Levels of objects; CrateDB stops at 100, and `data` itself is one.
inline constexpr std::size_t kObjectDepthMax = 90;

class ObjectWriter {
 public:
  // `columns` outlives the writer, `column` is one of its table's. What is learnt from the
  // documents stays there. `form`: of values in `data`, plain_cratedb or canonical.
  ObjectWriter(ObjectColumns& columns, ObjectNode& column, ValueForm form)
      : columns_(columns), column_(column), form_(form) {}

  // Each appends; `overflow` stays empty when there is nothing for it. After a rejection both may
  // hold part of the document. What was settled can be undone until ObjectColumns::end_row().

  // What is excluded below `node` is left out.
  Rejection write(RawDocument document,
                  const PathNode& node,
                  std::string& data,
                  std::string& overflow);
  // What has no column, of a mapping that has a column for the rest. Fills `cells` too. Misfits are
  // in canonical Extended JSON in either text.
  Rejection write_rest(RawDocument document,
                       const PathNode& root,
                       ColumnCells& cells,
                       std::string& rest,
                       std::string& overflow);
  // The document without what is excluded below `node`, which may be null. Rejection::misfit: the
  // column does not store all of it.
  Rejection write_whole(RawDocument document, const PathNode* node, std::string& out);

  // Values that went to `overflow`, since the writer was made; those that a column of their own
  // refused before do not count.
  [[nodiscard]] std::uint64_t misfits() const { return misfits_; }

  // Looks at a document that will be written soon, while the table has no sub-columns yet: where
  // integers come first and fractions later, the sub-column is made wide.
  void learn(RawDocument document) { learn_fields(document, column_, 0); }

 private:
  struct Level {
    RawDocument document{};
    ObjectNode* column = nullptr;
    const PathNode* node = nullptr;  // nullptr: no path leads below.
    std::size_t depth = 0;
    Keep keep = Keep::everything;
    bool is_whole = false;     // One misfit makes all of it one: inside an array, say.
    bool has_columns = false;  // Paths below may have columns.
    bool is_canonical = false;
    bool is_counted = false;  // Inside of a misfit.
  };
  struct Cells {
    TextBuffer& data;
    TextBuffer& overflow;
    NameSet& names;
  };
  // Which texts have a field of the level already.
  struct Written {
    bool has_data = false;
    bool has_overflow = false;
  };
  // Where a value goes, and in which shape.
  struct Place {
    ObjectNode& column;
    bool is_array = false;  // The value is an element.
    bool is_canonical = false;
  };

  Rejection write_top(const Level& level, std::string& data, std::string& overflow);
  // False: a rejection, or in a level that is_whole a misfit.
  bool write_fields(const Level& level, Cells& cells);
  bool check_name(const Level& level, const BsonElement& element, std::uint64_t salt, Cells& cells);
  static bool leads_to_columns(const Level& level);
  // nullopt: the columns hold all of the value, or it is rejected.
  std::optional<Level> enter(const Level& level, const BsonElement& element, const PathNode* node);
  bool write_field(const BsonElement& element,
                   ObjectNode& parent,
                   const Level& inside,
                   Written& written,
                   Cells& cells);
  bool put_value(const BsonElement& element, ObjectNode& column, const Level& inside, Cells& cells);
  bool put_null(ObjectNode& column, Cells& cells);
  bool put_document(ObjectNode& column, const Level& inside, Cells& cells);
  bool put_array(ObjectNode& column, const Level& inside, Cells& cells);
  bool put_elements(ObjectNode& column, const Level& inside, Cells& cells);
  bool put_scalar(const BsonElement& element, Place place, TextBuffer& data);
  bool put_integer(std::int64_t value, Place place, TextBuffer& data);
  bool put_double(double value, Place place, TextBuffer& data);
  bool put_text(std::string_view value, Place place, TextBuffer& data);
  bool put_binary(const BsonElement& element, Place place, TextBuffer& data);
  bool put_wrapper(const BsonElement& element, Place place, TextBuffer& data);
  // Whether the column stores JSON of this type as it is.
  bool take(Place place, ObjectType type);
  bool put_overflow(const BsonElement& element, const Level& inside, TextBuffer& overflow);
  void learn_fields(RawDocument document, ObjectNode& column, std::size_t depth);
  bool reject(Rejection rejection);

  ObjectColumns& columns_;
  ObjectNode& column_;
  ValueForm form_;
  ColumnCells* cells_ = nullptr;  // Of the row under way; nullptr: no column is filled beside it.
  std::uint64_t misfits_ = 0;
  std::uint64_t level_count_ = 0;
  Rejection rejection_ = Rejection::none;
  bool is_whole_ = false;  // Of write_whole(): all was stored.
  std::string scratch_;
  std::string scratch_overflow_;
};

}  // namespace relay
