// ValueWriter: one BSON document tree to text, in one pass, without recursion. Private to this
// folder; the public faces are json_writer.h and key_text.h.
//
//   while a document is open:
//     next element -> separator, name, value
//     a document or an array -> open it, go on inside
//     the end -> close it, go on outside
//
// Invariant: a document is written as {"$literal":{...}} when one of its names begins with `$`, and
// all wrappers ({"$oid":...} and so on) have such names, so no document can pass for a wrapper.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "decode/bson_reader.h"
#include "decode/json_writer.h"
#include "decode/name_set.h"
#include "decode/text_buffer.h"

namespace relay {

enum class ValueForm : std::uint8_t {
  plain_postgresql,
  plain_cratedb,
  canonical,  // Canonical Extended JSON v2.
  key,        // Inside a key text: equal numbers and equal strings give equal text.
};

ValueForm to_value_form(JsonForm form, JsonTarget target);

// What happens to a name that JSON objects cannot hold, or that occurs twice.
enum class NameRule : std::uint8_t { refuse, encode };

class ValueWriter {
 public:
  // `out` outlives the writer.
  ValueWriter(ValueForm form, NameRule names, std::string& out)
      : text_(out), root_form_(form), name_rule_(names) {}

  // Once for each writer. After a rejection `out` may end with part of the text.
  Rejection write_document(RawDocument document);
  // Any value but the outermost strings and numbers of a key, whose rules are their own.
  Rejection write_single(const BsonElement& element);

 protected:
  // No initialisers: kDepthMax of them lie on the stack and few are used.
  struct Frame {
    BsonReader reader;
    BsonReader first;        // Where `reader` began.
    std::uint64_t salt;      // Tells names of different documents apart in the set.
    std::size_t text_start;  // Offset of the opening brace.
    std::size_t field_count;
    std::size_t closing_count;  // Braces or brackets to write at the end.
    ValueForm form;
    bool is_array;
    bool is_reference;  // A DBRef: its `$` names are its own.
    bool is_wrapped;    // In $literal or $base64Names.
    bool has_encoded_names;
  };

  // Until no more than `floor` documents are open.
  Rejection run(std::size_t floor);
  Rejection write_value(const BsonElement& element, ValueForm form);
  Rejection open_frame(RawDocument document,
                       BsonType type,
                       ValueForm form,
                       std::size_t closing_count);
  void close_frame();
  // duplicate_key when the document has had the name before; each name is noted once.
  Rejection note_name(const Frame& frame, const BsonElement& element) {
    if (name_rule_ == NameRule::refuse && !names_.insert(element.name_hash ^ frame.salt))
        [[unlikely]] {
      if (occurred_before(frame, element)) return Rejection::duplicate_key;
    }
    return Rejection::none;
  }
  Rejection put_name(Frame& frame, const BsonElement& element);

  [[nodiscard]] ValueForm root_form() const { return root_form_; }

  std::size_t depth_ = 0;
  TextBuffer text_;
  std::array<Frame, kDepthMax> frames_;

 private:
  void note_dollar(Frame& frame, const BsonElement& element);
  static bool occurred_before(const Frame& frame, const BsonElement& element);
  static bool has_invalid_name(BsonReader reader);

  void write_text(std::string_view value, ValueForm form);
  void write_wrapped_text(std::string_view opening, std::string_view value, ValueForm form);
  void write_binary(const BsonElement& element, ValueForm form);
  void write_date(std::int64_t ms, ValueForm form);
  void write_double(double value, ValueForm form);
  void write_decimal(const std::uint8_t* bytes, ValueForm form);
  void write_object_id(const std::uint8_t* bytes, ValueForm form);
  void write_timestamp(const std::uint8_t* bytes);
  void write_regex(const BsonElement& element, ValueForm form);
  void write_db_pointer(const BsonElement& element, ValueForm form);
  Rejection write_code_with_scope(const BsonElement& element, ValueForm form);
  template <class Integer>
  void write_integer(Integer value, std::string_view wrapper, ValueForm form);

  ValueForm root_form_;
  NameRule name_rule_;
  std::uint64_t frame_count_ = 0;
  NameSet names_;
};

// The number texts of a key, also used for its outermost value. Room for kKeyNumberMax; return the
// end.
inline constexpr std::size_t kKeyNumberMax = 80;
char* write_key_double(char* at, double value);
char* write_key_decimal(char* at, const std::uint8_t* bytes);

}  // namespace relay
