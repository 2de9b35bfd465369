// The exact order of numbers of different types.
#pragma once

#include <compare>
#include <cstdint>

#include "decode/bson_reader.h"

namespace relay {

// How the field's number stands to the other: less, equivalent, greater; unordered when exactly one
// of them is NaN. -0 is equivalent to 0.
std::partial_ordering compare_number(const BsonElement& field, std::int64_t other);
std::partial_ordering compare_number(const BsonElement& field, double other);

}  // namespace relay
