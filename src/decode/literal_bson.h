// Literals of the settings as BSON, so that they go the way of values from documents.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/table_mapping.h"

namespace relay {

// {"": value}. A text for a uuid column becomes a UUID.
std::vector<std::uint8_t> literal_document(const Literal& value, TypeName type);

}  // namespace relay
