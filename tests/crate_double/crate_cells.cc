// The part of CrateStore that is about single values: what a column of each type makes of them.
#include <charconv>
#include <limits>

#include "crate_double/crate_store.h"
#include "decode/cell_text.h"

namespace relay {
namespace {

using Fate = StoredObject::Fate;

constexpr std::size_t kTextBytesMax = 32'766;

// Elements of {a,"b",NULL} without their quotes; nullopt: NULL.
std::vector<std::optional<std::string>> split_array(std::string_view text) {
  std::vector<std::optional<std::string>> elements;
  if (text == "{}") return elements;
  std::string element;
  bool is_quoted = false;
  bool was_quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted && c == '\\') {
      element.push_back(text[++i]);
    } else if (c == '"') {
      is_quoted = !is_quoted;
      was_quoted = true;
    } else if (!is_quoted && (c == ',' || c == '}')) {
      const bool is_null = !was_quoted && element == "NULL";
      elements.push_back(is_null ? std::nullopt : std::optional(element));
      element.clear();
      was_quoted = false;
    } else {
      element.push_back(c);
    }
  }
  return elements;
}

std::string join_array(const std::vector<std::optional<std::string>>& elements) {
  std::string text = "{";
  for (const auto& element : elements) {
    if (text.size() > 1) text.push_back(',');
    if (element) {
      append_array_element(*element, TypeName::text, text);
    } else {
      text += "NULL";
    }
  }
  return text + "}";
}

// Milliseconds since 1970 as PostgreSQL reads a time.
std::string print_time(const std::string& ms) {
  std::int64_t value = 0;
  std::from_chars(ms.data(), ms.data() + ms.size(), value);
  const auto us = static_cast<std::uint64_t>(to_timestamp(value).value_or(0));
  std::string bytes;
  for (const unsigned shift : {56U, 48U, 40U, 32U, 24U, 16U, 8U, 0U})
    bytes.push_back(static_cast<char>(us >> shift));
  std::string text;
  append_cell_text(bytes, TypeName::timestamp, text);
  return text;
}

bool is_end_of_int64(const std::string& bytes) {
  const std::string ends[] = {std::string("\x80\0\0\0\0\0\0\0", 8),
                              std::string("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8)};
  return bytes == ends[0] || bytes == ends[1];
}

bool is_end_of_int64_text(const std::string& text) {
  return text == "9223372036854775807" || text == "-9223372036854775808";
}

StoredObject refuse(const char* error) {
  return {.fate = Fate::refused, .error = error};
}

constexpr char kImmense[] = "Document contains at least one immense term in field";
constexpr char kOutOfRange[] = "Value exceeds allowed range for column of type bigint";

}  // namespace

StoredObject CrateStore::store_document(const std::string& table,
                                        const std::string& column,
                                        std::string& text) {
  const std::size_t own_count = own_column_count(table);
  StoredObject stored = world_.objects.with([&](auto& objects) {
    std::size_t elsewhere = own_count;
    for (const auto& [name, columns] : objects) {
      if (name.first == table && name.second != column) elsewhere += columns.size();
    }
    return store_object(
        text, objects[{table, column}], kCrateColumnsMax - std::min(kCrateColumnsMax, elsewhere));
  });
  if (stored.fate == Fate::stored) text = stored.value.dump();
  return stored;
}

StoredObject CrateStore::store_array(const std::string& table,
                                     const std::string& column,
                                     const std::string& type,
                                     std::string& bytes) {
  std::vector<std::optional<std::string>> elements = split_array(bytes);
  StoredObject all;
  for (std::optional<std::string>& element : elements) {
    if (!element) continue;
    if (type == "text[]" && element->size() > kTextBytesMax) return refuse(kImmense);
    if (type == "bigint[]" && is_end_of_int64_text(*element)) return refuse(kOutOfRange);
    if (type == "timestamp with time zone[]") element = print_time(*element);
    if (type != "jsonb[]") continue;
    const StoredObject stored = store_document(table, column, *element);
    if (stored.fate != Fate::stored) return stored;
    all.has_grown = all.has_grown || stored.has_grown;
  }
  bytes = join_array(elements);
  return all;
}

StoredObject CrateStore::store_cell(const std::string& table,
                                    const std::string& column,
                                    std::uint32_t& oid,
                                    std::string& bytes) {
  const std::string type = column_type(table, column);
  if (type.ends_with("[]")) return store_array(table, column, type, bytes);
  if (type == "bigint" && oid != 0 && is_end_of_int64(bytes)) return refuse(kOutOfRange);
  const bool is_long =
      world_.long_texts.with([&](const auto& known) { return known.contains({table, column}); });
  if (type == "text" && !is_long && bytes.size() > kTextBytesMax) return refuse(kImmense);
  if (type != "jsonb") return {};
  oid = 0;
  return store_document(table, column, bytes);
}

}  // namespace relay
