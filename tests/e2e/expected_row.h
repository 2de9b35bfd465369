// What a document has to look like in its table, written down a second time: straight from
// docs/values.md, over libbson's own iterators and in another shape than src/decode, so that one
// misunderstanding cannot hide in both.
//
// Covers what the tests write; anything else throws std::runtime_error.
#pragma once

#include <string>

#include <bson/bson.h>

namespace relay {

// Form `plain`, for PostgreSQL.
std::string expected_json(const bson_t& document);

// Of texts those that begin with a letter and are no 24 hex digits, of doubles those below 1e15.
std::string expected_key(const bson_t& document);

}  // namespace relay
