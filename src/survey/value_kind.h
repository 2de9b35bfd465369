// ValueKind: the types of values as people of MongoDB call them ($type), with UUIDs apart, because
// they have a column type of their own.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "decode/bson_reader.h"

namespace relay {

// "string", "int", "objectId", "binData", "uuid". A literal.
std::string_view kind_of_value(const BsonElement& element);

// Kinds that mean the same to a reader and differ in width only: int, long, double and decimal are
// "number". Every other kind is its own family.
std::string_view family_of(std::string_view kind);

// How many values of each kind.
using KindCounts = std::map<std::string_view, std::uint64_t>;

}  // namespace relay
