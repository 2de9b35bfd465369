// FragmentMerger: one change event out of the fragments it came in.
//
//   Result<std::optional<ChangeEvent>> whole = merger.add(event);
//   if (!whole.ok()) return whole.error();
//   if (!whole.value()) continue;          more fragments to come
//   use(*whole.value());
//
// The fragments of an event follow each other, but may lie in several replies. Each has a token; a
// position may be made of the last one only, since the server goes on behind a token, and half an
// event is of no use. What fragments come again when the stream is opened anew, begins anew here
// too.
//
// Lifetime: events are views, and so is what comes out. Every reply with a fragment in it has to be
// kept from the time it is added until the merged event has been used.
#pragma once

#include <cstdint>
#include <optional>

#include "core/change_event.h"
#include "core/result.h"

namespace relay {

class FragmentMerger {
 public:
  // The event itself when it is whole, the merged one when this was the last fragment; nullopt:
  // more are to come. Its token is the last fragment's. bad_document: a fragment that does not
  // follow the one before, or a merged event that lacks something.
  Result<std::optional<ChangeEvent>> add(const ChangeEvent& event);

  // True: fragments are held, and with them views of their replies.
  [[nodiscard]] bool is_pending() const { return merged_.fragment_count > 0; }

  // How many fragments the event still lacks; 0: nothing is pending.
  [[nodiscard]] std::uint64_t missing_count() const {
    return static_cast<std::uint64_t>(merged_.fragment_count - merged_.fragment);
  }

 private:
  ChangeEvent merged_{};  // What the fragments so far say; whole: there are none.
};

}  // namespace relay
