// BSON written piece by piece into a string of bytes: for the few places that make documents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "decode/bson_reader.h"

namespace relay {

void put_little_endian(std::uint64_t value, int size, std::string& out);

// Returns where the document starts, for end_document(), which writes its size there.
std::size_t begin_document(std::string& out);
void end_document(std::size_t start, std::string& out);

// Type and name; the value follows. `name` has no NUL.
void begin_element(BsonType type, std::string_view name, std::string& out);
void put_string(std::string_view text, std::string& out);
void put_binary(std::uint8_t subtype, std::string_view payload, std::string& out);

}  // namespace relay
