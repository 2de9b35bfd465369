#include "decode/value_writer.h"

#include <cstring>

#include "decode/text_format.h"

namespace relay {
namespace {

// Short names are copied as 16 bytes whatever their length, when that many can be read.
constexpr std::size_t kShortName = 16;
constexpr std::size_t kPlainNameMax = 1'024;

}  // namespace

Rejection ValueWriter::write_document(RawDocument document) {
  Rejection rejection = open_frame(document, BsonType::document, root_form_, 1);
  if (rejection == Rejection::none) rejection = run(0);
  text_.flush();
  return rejection;
}

Rejection ValueWriter::write_single(const BsonElement& element) {
  Rejection rejection = write_value(element, root_form_);
  if (rejection == Rejection::none) rejection = run(0);
  text_.flush();
  return rejection;
}

Rejection ValueWriter::run(std::size_t floor) {
  BsonElement element;
  while (depth_ > floor) {
    Frame& frame = frames_[depth_ - 1];
    const BsonReader::Step step = frame.reader.next(element);
    if (step == BsonReader::Step::malformed) return Rejection::malformed;
    if (step == BsonReader::Step::end) {
      close_frame();
      continue;
    }
    if (frame.field_count != 0) text_.put(',');
    if (!frame.is_array) {
      Rejection rejection = note_name(frame, element);
      if (rejection == Rejection::none) rejection = put_name(frame, element);
      if (rejection != Rejection::none) return rejection;
    }
    ++frame.field_count;
    const Rejection rejection = write_value(element, frame.form);
    if (rejection != Rejection::none) return rejection;
  }
  return Rejection::none;
}

Rejection ValueWriter::open_frame(RawDocument document,
                                  BsonType type,
                                  ValueForm form,
                                  std::size_t closing_count) {
  if (depth_ == kDepthMax) return Rejection::too_deep;
  Frame& frame = frames_[depth_];
  if (!frame.reader.open(document)) return Rejection::malformed;
  ++depth_;
  frame.first = frame.reader;
  frame.salt = ++frame_count_ * 0xD1B54A32D192ED03;
  frame.text_start = text_.size();
  frame.field_count = 0;
  frame.closing_count = closing_count;
  frame.form = form;
  frame.is_array = type == BsonType::array;
  frame.is_reference = false;
  frame.is_wrapped = false;
  frame.has_encoded_names = false;
  if (name_rule_ == NameRule::encode && !frame.is_array && has_invalid_name(frame.reader)) {
    frame.is_wrapped = true;
    frame.has_encoded_names = true;
    ++frame.closing_count;
    text_.put("{\"$base64Names\":");
  }
  text_.put(frame.is_array ? '[' : '{');
  return Rejection::none;
}

void ValueWriter::close_frame() {
  const Frame& frame = frames_[--depth_];
  for (std::size_t i = 0; i < frame.closing_count; ++i)
    text_.put(frame.is_array ? ']' : '}');
}

Rejection ValueWriter::put_name(Frame& frame, const BsonElement& element) {
  if (frame.has_encoded_names) [[unlikely]] {
    text_.put('"');
    put_base64(text_, element.name_at, element.name_size);
    text_.put("\":");
    return Rejection::none;
  }
  if (*element.name_at == '$' && !frame.is_wrapped) [[unlikely]]
    note_dollar(frame, element);
  if (element.is_name_plain && element.name_size <= kPlainNameMax) [[likely]] {
    char* at = text_.room(element.name_size + kShortName + 3);
    *at++ = '"';
    const auto readable = static_cast<std::size_t>(frame.reader.end() - element.name_at);
    if (element.name_size <= kShortName && readable >= kShortName) [[likely]] {
      std::memcpy(at, element.name_at, kShortName);
    } else {
      std::memcpy(at, element.name_at, element.name_size);
    }
    at += element.name_size;
    *at++ = '"';
    *at++ = ':';
    text_.advance_to(at);
    return Rejection::none;
  }
  text_.put('"');
  if (!put_json_characters(text_, element.name(), NulRule::refuse)) return Rejection::invalid_name;
  text_.put("\":");
  return Rejection::none;
}

// A name that begins with `$`, the first one that matters in this document.
void ValueWriter::note_dollar(Frame& frame, const BsonElement& element) {
  if (frame.is_reference) return;
  if (frame.field_count == 0 && element.name() == "$ref") {
    BsonReader ahead = frame.reader;
    BsonElement second;
    if (ahead.next(second) == BsonReader::Step::element && second.name() == "$id") {
      frame.is_reference = true;
      return;
    }
  }
  frame.is_wrapped = true;
  ++frame.closing_count;
  text_.insert(frame.text_start, "{\"$literal\":");
}

bool ValueWriter::occurred_before(const Frame& frame, const BsonElement& element) {
  BsonReader reader = frame.first;
  BsonElement earlier;
  while (reader.next(earlier) == BsonReader::Step::element && earlier.name_at != element.name_at) {
    if (earlier.name() == element.name()) return true;
  }
  return false;
}

bool ValueWriter::has_invalid_name(BsonReader reader) {
  BsonElement element;
  while (reader.next(element) == BsonReader::Step::element) {
    if (!element.is_name_plain && !is_utf8(element.name())) return true;
  }
  return false;
}

}  // namespace relay
