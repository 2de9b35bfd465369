#include "verify/object_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "decode/json_writer.h"
#include "decode/text_buffer.h"
#include "decode/text_format.h"
#include "decode/text_parse.h"
#include "verify/array_text.h"
#include "verify/canonical_json.h"

namespace relay {
namespace {

using Kind = JsonValue::Kind;

// A document's, and a wrapper at its bottom.
constexpr std::size_t kTreeDepthMax = kDepthMax + 10;
constexpr std::size_t kUuidBytes = 16;

// How a value is written: as it is, or as plain JSON has it.
enum class Form : std::uint8_t { as_it_is, plain };

// Their insides are the same in both forms.
constexpr std::array<std::string_view, 13> kKeptWrappers = {"$binary",
                                                            "$code",
                                                            "$date",
                                                            "$dbPointer",
                                                            "$maxKey",
                                                            "$minKey",
                                                            "$numberDecimal",
                                                            "$numberDouble",
                                                            "$regularExpression",
                                                            "$string",
                                                            "$symbol",
                                                            "$timestamp",
                                                            "$undefined"};
constexpr std::string_view kLiteral = "$literal";

bool is_kept_wrapper(const JsonValue& object) {
  return std::ranges::any_of(object.members, [](const JsonMember& member) {
    return std::ranges::find(kKeptWrappers, member.name) != kKeptWrappers.end();
  });
}

void put_string(std::string_view text, std::string& out) {
  out.push_back('"');
  TextBuffer buffer(out);
  static_cast<void>(put_json_characters(buffer, text, NulRule::escape));
  buffer.flush();
  out.push_back('"');
}

// A double is printed by whoever has it last: 5e-324 becomes 4.9E-324.
void put_number(const std::string& text, std::string& out) {
  double value = 0;
  const bool is_integer = text.find_first_of(".eE") == std::string::npos;
  const char* const end = text.data() + text.size();
  if (is_integer || std::from_chars(text.data(), end, value).ec != std::errc()) {
    out += text;
    return;
  }
  std::array<char, kDoubleTextMax> shortest{};
  out.append(shortest.data(), write_double(shortest.data(), value));
}

std::optional<std::string> plain_date(const JsonValue& value) {
  const JsonValue* const number = value.only("$numberLong");
  std::int64_t ms = 0;
  if (number == nullptr) return std::nullopt;
  const char* const end = number->text.data() + number->text.size();
  const auto [stop, status] = std::from_chars(number->text.data(), end, ms);
  if (status != std::errc() || stop != end || ms < kDateTextMin || ms > kDateTextMax)
    return std::nullopt;
  return std::to_string(ms);
}

std::optional<std::string> plain_uuid(const JsonValue& value) {
  if (value.members.size() != 2) return std::nullopt;
  std::string base64;
  std::string subtype;
  for (const JsonMember& member : value.members)
    (member.name == "base64" ? base64 : subtype) = member.value.text;
  const std::optional<std::string> bytes = parse_base64(base64);
  if (subtype != "04" || !bytes || bytes->size() != kUuidBytes) return std::nullopt;
  std::array<std::uint8_t, kUuidBytes> raw{};
  std::ranges::copy(*bytes, raw.begin());
  std::array<char, 36> text{};
  return "\"" + std::string(text.data(), write_uuid(text.data(), raw.data())) + "\"";
}

bool is_finite_number(const std::string& text) {
  return is_json_number(text) && text != "-0.0";
}

// nullopt: plain JSON writes this as it is, or it is no wrapper.
std::optional<std::string> unwrap(const JsonValue& object) {
  if (object.members.size() != 1) return std::nullopt;
  const auto& [name, value] = object.members.front();
  std::string text;
  if (name == "$oid") {
    put_string(value.text, text);
    return text;
  }
  if (name == "$numberInt" || name == "$numberLong") return value.text;
  if (name == "$numberDouble" && is_finite_number(value.text)) {
    put_number(value.text, text);
    return text;
  }
  if (name == "$date") return plain_date(value);
  if (name == "$binary") return plain_uuid(value);
  return std::nullopt;
}

void write(const JsonValue& value, Form form, std::string& out);

void write_members(const JsonValue& value, Form form, std::string& out) {
  const bool is_object = value.kind == Kind::object;
  out.push_back(is_object ? '{' : '[');
  bool is_first = true;
  for (const JsonMember& member : value.members) {
    if (!std::exchange(is_first, false)) out.push_back(',');
    if (is_object) {
      put_string(member.name, out);
      out.push_back(':');
    }
    const bool is_literal = is_object && value.members.size() == 1 && member.name == kLiteral;
    // What is in it has names like those of wrappers, and is none.
    if (is_literal && member.value.kind == Kind::object) {
      write_members(member.value, form, out);
    } else {
      write(member.value, form, out);
    }
  }
  out.push_back(is_object ? '}' : ']');
}

void write(const JsonValue& value, Form form, std::string& out) {
  switch (value.kind) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case Kind::number:
      return put_number(value.text, out);
    case Kind::string:
      return put_string(value.text, out);
    case Kind::array:
      return write_members(value, form, out);
    case Kind::object:
      break;
  }
  if (form == Form::plain) {
    if (const std::optional<std::string> plain = unwrap(value)) {
      out += *plain;
      return;
    }
    if (is_kept_wrapper(value)) form = Form::as_it_is;
  }
  write_members(value, form, out);
}

std::string print(const JsonValue& value, JsonForm form) {
  std::string text;
  write(value, form == JsonForm::plain ? Form::plain : Form::as_it_is, text);
  return text;
}

// What is in both has to be objects, or the same; else both stay, and the tree is none.
void merge(JsonValue& into, JsonValue&& from, JsonForm form) {
  for (JsonMember& member : from.members) {
    const auto found = std::ranges::find(into.members, member.name, &JsonMember::name);
    if (found == into.members.end()) {
      into.members.push_back(std::move(member));
      continue;
    }
    const bool are_objects = found->value.kind == Kind::object && member.value.kind == Kind::object;
    if (are_objects) {
      merge(found->value, std::move(member.value), form);
    } else if (print(found->value, form) != print(member.value, form)) {
      into.members.push_back(std::move(member));
    }
  }
}

}  // namespace

void ObjectTree::clear() {
  root_ = {};
  root_.kind = Kind::object;
}

bool ObjectTree::add(std::string_view json) {
  std::optional<JsonValue> parsed = parse_json(json, kTreeDepthMax);
  if (!parsed || parsed->kind != Kind::object) return false;
  merge(root_, std::move(*parsed), form_);
  return true;
}

bool ObjectTree::add_at(const FieldPath& path, std::string_view json) {
  std::optional<JsonValue> parsed = parse_json(json, kTreeDepthMax);
  if (!parsed) return false;
  put_at(path, std::move(*parsed));
  return true;
}

bool ObjectTree::add_list_at(const FieldPath& path, std::string_view list) {
  const std::optional<ArrayElements> elements = parse_array_text(list);
  if (!elements) return false;
  JsonValue array;
  array.kind = Kind::array;
  for (const std::optional<std::string>& element : *elements) {
    std::optional<JsonValue> parsed = parse_json(element.value_or("null"), kTreeDepthMax);
    if (!parsed) return false;
    array.members.push_back({"", std::move(*parsed)});
  }
  put_at(path, std::move(array));
  return true;
}

void ObjectTree::put_at(const FieldPath& path, JsonValue value) {
  for (auto name = path.rbegin(); name != path.rend(); ++name) {
    JsonValue parent;
    parent.kind = Kind::object;
    parent.members.push_back({*name, std::move(value)});
    value = std::move(parent);
  }
  merge(root_, std::move(value), form_);
}

bool ObjectTree::append(std::string& out) const {
  return append_canonical_json(print(root_, form_), out);
}

}  // namespace relay
