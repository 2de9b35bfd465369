// Change events out of the bytes of a reply: nothing is copied, all views point into the reply.
//
// What a row needs must be there and of its type, else the event is a bad_document; anything else
// that is missing, unknown or of another type is passed over, because servers add fields.
#pragma once

#include <optional>

#include "core/change_event.h"
#include "core/raw_document.h"
#include "core/result.h"
#include "decode/bson_reader.h"

namespace relay {

// Needed: `_id._data` (a string) and operationType; clusterTime, when present, is a timestamp. Of
// insert, update, replace and delete also ns and documentKey. Errors name the field, never its
// value. Of a fragment only `_id._data` is needed: the rest may be in another one, see
// decode/fragment_merger.h.
Result<ChangeEvent> decode_event(RawDocument event);

// bad_document: the whole event lacks something that is needed.
Status check_whole(const ChangeEvent& event);

// Of a create: what was made has documents of its own, so it is no view. A time series is one too,
// of the collection that holds its buckets.
bool makes_collection(const ChangeEvent& event);

// The events of a reply, one after the other.
//
//   EventWalker walker(reply.events);
//   for (;;) {
//     Result<std::optional<RawDocument>> event = walker.next();
//     if (!event.ok()) return event.error();
//     if (!event.value()) break;
//     use(*event.value());
//   }
class EventWalker {
 public:
  // `events`: the BSON array; empty bytes are an array without elements.
  explicit EventWalker(RawDocument events);

  // nullopt: the end. bad_document: malformed BSON, or an element that is no document; final.
  Result<std::optional<RawDocument>> next();

 private:
  enum class State : std::uint8_t { open, ended, malformed };

  BsonReader reader_{};
  State state_ = State::open;
};

}  // namespace relay
