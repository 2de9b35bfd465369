// BSON as canonical Extended JSON, read by libbson, which did not write it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <bson/bson.h>

namespace relay {

// Throws when it is no valid BSON, UTF-8 included.
inline std::string to_json(std::string_view document) {
  bson_t view;
  if (!bson_init_static(
          &view, reinterpret_cast<const std::uint8_t*>(document.data()), document.size()) ||
      !bson_validate(&view, BSON_VALIDATE_UTF8, nullptr)) {
    throw std::runtime_error("not BSON");
  }
  char* text = bson_as_canonical_extended_json(&view, nullptr);
  std::string json = text;
  bson_free(text);
  return json;
}

// The integer under a dotted path, or -1 when there is none.
inline std::int64_t find_integer(std::string_view document, const char* path) {
  bson_t view;
  bson_iter_t top;
  bson_iter_t field;
  const bool is_found =
      bson_init_static(
          &view, reinterpret_cast<const std::uint8_t*>(document.data()), document.size()) &&
      bson_iter_init(&top, &view) && bson_iter_find_descendant(&top, path, &field);
  return is_found ? bson_iter_as_int64(&field) : -1;
}

}  // namespace relay
