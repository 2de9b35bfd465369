// Resume tokens: between the server's document and the text that a Position carries.
//
//   server   {_data: <hex text>, _typeBits: <binary, sometimes absent>}
//   text     <hex of _data> [ "." <lower-case hex of _typeBits> ]
//
// _typeBits tells number types of the event's _id apart that _data encodes alike (1.5 as a double
// or as a decimal). A token is no good without them: of 78 tokens that had them, 52 were refused or
// not found again by mongod 6.0.5 when only _data was handed back (codes 50810 to 50826 and 280).
//
// The text stays opaque to everybody else, with one exception: cluster_time_of() in token_time.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/position.h"
#include "core/raw_document.h"
#include "source/bson_document.h"
#include "source/token_time.h"

namespace relay {

// nullopt: not a token as servers since 4.0.7 make them.
std::optional<std::string> read_token(RawDocument token);

// What startAfter takes. Text that format_token() cannot have made is handed on unchanged as _data,
// so that the server refuses it by name.
BsonDocument to_token_document(std::string_view text);

}  // namespace relay
