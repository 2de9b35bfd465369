#include "decode/json_writer.h"

#include "decode/text_format.h"
#include "decode/value_writer.h"

namespace relay {

ValueForm to_value_form(JsonForm form, JsonTarget target) {
  if (form == JsonForm::extended) return ValueForm::canonical;
  return target == JsonTarget::postgresql ? ValueForm::plain_postgresql : ValueForm::plain_cratedb;
}

std::string_view format_rejection(Rejection rejection) {
  switch (rejection) {
    case Rejection::none:
      return "none";
    case Rejection::duplicate_key:
      return "duplicate_key";
    case Rejection::invalid_name:
      return "invalid_name";
    case Rejection::too_deep:
      return "too_deep";
    case Rejection::malformed:
      return "malformed";
    case Rejection::misfit:
      return "misfit";
    case Rejection::key_misfit:
      return "key_misfit";
    case Rejection::key_too_long:
      return "key_too_long";
  }
  return "unknown";
}

Rejection append_json(RawDocument document, JsonForm form, JsonTarget target, std::string& out) {
  return ValueWriter(to_value_form(form, target), NameRule::refuse, out).write_document(document);
}

std::string format_dead_letter_document(RawDocument document) {
  std::string text;
  const Rejection rejection =
      ValueWriter(ValueForm::canonical, NameRule::encode, text).write_document(document);
  if (rejection == Rejection::none) return text;
  text.clear();
  TextBuffer buffer(text);
  buffer.put("{\"$bson\":{\"base64\":\"");
  put_base64(buffer, document.data(), document.size());
  buffer.put("\"}}");
  buffer.flush();
  return text;
}

}  // namespace relay
