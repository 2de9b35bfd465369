// Key text: the `_id` of a document as text, the primary key of its row. docs/values.md, "Keys".
//
// Invariant: two `_id`s have the same text if and only if MongoDB calls them equal (1, 1.0 and
// NumberLong(1) are; "1" is another), also inside documents and arrays. Keys of collections with a
// collation are told apart by their bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/raw_document.h"

namespace relay {

// Appends the key text of the document's own `_id`; the document may be a document key. False: it
// has no
// `_id`, or what comes before and in it is malformed or nested too deeply; `out` is as before then.
[[nodiscard]] bool append_key_text(RawDocument document, std::string& out);

// True when a text `_id` has to be quoted, because a value of another type could have this text: 24
// lower-case hex digits, a JSON number, true, false, null, or a first character of `{`, `[` or `"`.
bool is_key_ambiguous(std::string_view text);

}  // namespace relay
