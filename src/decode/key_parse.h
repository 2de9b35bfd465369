// The inverse of key text, for comparing the keys of a table with those of a collection.
#pragma once

#include <string>
#include <string_view>

#include "mapping/column_type.h"

namespace relay {

bool parse_key(const ColumnType& key_type,
               std::string_view column_text,
               std::string& bson_document);

}  // namespace relay
