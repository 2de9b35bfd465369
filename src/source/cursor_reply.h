// The reply of aggregate, find and getMore, read in place.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/position.h"
#include "core/raw_document.h"

namespace relay {

struct CursorReply {
  std::int64_t cursor_id = 0;   // 0: the server has closed the cursor.
  std::string_view collection;  // What getMore and killCursors call the collection.
  RawDocument documents;        // BSON array: firstBatch or nextBatch.
  std::size_t document_count = 0;
  RawDocument last_document;     // Empty: there is none.
  RawDocument post_batch_token;  // Empty: the server sent none.
};

// nullopt: not a reply with a cursor, or not well-formed. All views point into `reply`.
std::optional<CursorReply> parse_cursor_reply(RawDocument reply);

// The next document of a BSON array of documents, found by lengths alone. `offset` begins at 0 and
// moves behind the document. nullopt: the end, or not well-formed.
std::optional<RawDocument> next_document(RawDocument array, std::size_t& offset);

// True when `offset` has reached the end of a well-formed array.
bool is_array_end(RawDocument array, std::size_t offset);

// How many fragments of an event the reply ends with when the rest of it is still to come; 0: it
// ends with a whole event, or with the last fragment of one. All of them are in this reply, or it
// begins in their middle.
std::size_t count_open_fragments(RawDocument last_document);

// The field's timestamp; nullopt: no such field, or of another type.
std::optional<ClusterTime> find_time(RawDocument document, const char* field);

}  // namespace relay
