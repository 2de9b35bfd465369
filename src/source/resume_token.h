// Resume tokens: between the server's document and the text that a Position carries.
//
//   server   {_data: <hex text>, _typeBits: <binary, sometimes absent>}
//   text     <hex of _data> [ "." <lower-case hex of _typeBits> ]
//
// _typeBits tells number types of the event's _id apart that _data encodes alike (1.5 as a double
// or as a decimal). A token is no good without them: of 78 tokens that had them, 52 were refused or
// not found again by mongod 6.0.5 when only _data was handed back (codes 50810 to 50826 and 280).
//
// The text stays opaque to everybody else, with one exception kept in this file: cluster_time_of().
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/position.h"
#include "core/raw_document.h"
#include "source/bson_document.h"

namespace relay {

// nullopt: not a token as servers since 4.0.7 make them.
std::optional<std::string> read_token(RawDocument token);

// What startAfter takes. Text that format_token() cannot have made is handed on unchanged as _data,
// so that the server refuses it by name.
BsonDocument to_token_document(std::string_view text);

// The one look into a token: it begins with 82, then seconds and increment as four big-endian bytes
// each. nullopt: it does not.
std::optional<ClusterTime> cluster_time_of(std::string_view text);

}  // namespace relay
