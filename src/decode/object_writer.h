// ObjectWriter: a document as the two cells CrateDB keeps it in.
//
//   data      JSON of all values that OBJECT(DYNAMIC) stores exactly
//   overflow  JSON of the others, nested as in the document, in canonical Extended JSON
//
// Which values those are depends on the types that the sub-columns have: object_columns.h. Never
// both, never neither: every value is in exactly one of the two.
//
// An array goes as a whole: into `data` when all its elements do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/raw_document.h"
#include "decode/bson_reader.h"
#include "decode/json_writer.h"
#include "decode/name_set.h"
#include "decode/object_columns.h"
#include "decode/path_tree.h"
#include "decode/text_buffer.h"

namespace relay {

// Longest text of an indexed sub-column, in bytes of UTF-8.
inline constexpr std::size_t kObjectTextBytesMax = 32'766;
// Levels of objects; CrateDB stops at 100, and `data` itself is one.
inline constexpr std::size_t kObjectDepthMax = 90;

class ObjectWriter {
 public:
  // `columns` outlives the writer. What it learns from the documents stays.
  explicit ObjectWriter(ObjectColumns& columns) : columns_(columns) {}

  // Appends to both; `overflow` stays empty when there is nothing for it. What is excluded below
  // `node` is left out. After a rejection both may hold part of the document.
  Rejection write(RawDocument document,
                  const PathNode& node,
                  std::string& data,
                  std::string& overflow);

  // Values that went to `overflow`, since the writer was made.
  [[nodiscard]] std::uint64_t misfits() const { return misfits_; }

  // Looks at a document that will be written soon, while the table has no sub-columns yet: where
  // integers come first and fractions later, the sub-column is made wide.
  void learn(RawDocument document) { learn_fields(document, columns_.root(), 0); }

 private:
  struct Level {
    RawDocument document{};
    ObjectNode* column = nullptr;
    const PathNode* node = nullptr;  // nullptr: nothing is excluded below.
    std::size_t depth = 0;
    bool is_whole = false;  // Inside an array: one misfit makes all of it one.
  };
  struct Cells {
    TextBuffer& data;
    TextBuffer& overflow;
    NameSet& names;
  };
  // Where a value goes, and in which shape.
  struct Place {
    ObjectNode& column;
    bool is_array = false;  // The value is an element.
  };

  // False: a rejection, or in a level that is_whole a misfit.
  bool write_fields(const Level& level, Cells& cells);
  bool check_name(const Level& level, const BsonElement& element, std::uint64_t salt, Cells& cells);
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
  bool put_overflow(const BsonElement& element, const PathNode* node, TextBuffer& overflow);
  void learn_fields(RawDocument document, ObjectNode& column, std::size_t depth);
  bool reject(Rejection rejection);

  ObjectColumns& columns_;
  std::uint64_t misfits_ = 0;
  std::uint64_t level_count_ = 0;
  Rejection rejection_ = Rejection::none;
  std::string scratch_;
};

}  // namespace relay
