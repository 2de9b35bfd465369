// Key columns read back: the `_id` that a row came from, for finding rows whose document is gone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/raw_document.h"
#include "mapping/column_type.h"

namespace relay {

// Makes `bson_document` the document {_id: value} that has the key of the row. The value is the one
// that was stored or one that MongoDB calls equal (1 for 1.0, a string for a symbol).
//
// `column_text`: what PostgreSQL prints for the key column under `DateStyle = ISO`,
// `bytea_output = hex` and `extra_float_digits` above 0. False: no `_id` makes this text.
bool parse_key(const ColumnType& key_type,
               std::string_view column_text,
               std::string& bson_document);

// The document in bytes that are kept as text, as parse_key() makes them. A view.
inline RawDocument view_of_bytes(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace relay
