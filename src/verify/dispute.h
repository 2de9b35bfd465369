// Dispute: a key about which the two sides did not agree when they were read, and what becomes of
// it when it is looked at again while both are written to.
//
// A look has three parts, in this order:
//
//   before   the source's version; `seen` is the source's time after it
//   target   the row, once the relay has applied everything up to `seen`
//   after    the source's version once more
//
// When the row equals one of the two versions, the relay has brought it: settled. When the two
// versions are the same and the row is another, the row is wrong, for between them the document did
// not change and the row cannot be older; unless it changed twice and back again. So a difference
// stands only after two looks that saw the same version and the same row. A document that changes
// in every look stays open: each of its changes writes the whole row anew.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "verify/digest.h"

namespace relay {

// What one side has under a key.
struct Side {
  enum class State : std::uint8_t {
    absent,  // Nothing, or a document that the table does not want, or a row that is marked.
    row,
    unfit,  // Source: a document that cannot become a row.
  };
  State state = State::absent;
  Digest digest{};  // Of a row, as CanonicalRow has it.

  bool operator==(const Side&) const = default;
};

enum class Verdict : std::uint8_t {
  open,
  equal,
  missing,  // A document without its row.
  extra,    // A row without its document.
  differs,
  letter,  // A dead letter says why the row is not the document's.
};

inline bool is_difference(Verdict verdict) {
  return verdict == Verdict::missing || verdict == Verdict::extra || verdict == Verdict::differs;
}

struct Look {
  Side before{};
  Side target{};
  Side after{};
};

struct Dispute {
  std::string key{};   // What both sides call it: the canonical cell of the key column.
  std::string id{};    // BSON document {_id: value}. Empty: no document can have the key.
  std::string text{};  // Key text, or what the key column says.
  Look look{};
  std::optional<Look> suspicion{};  // The look before, when it saw a difference.
  Verdict verdict = Verdict::open;
};

// Whether a row is there that was made of this version, or rightly none.
bool is_same(const Side& source, const Side& target);

// What a difference is called.
Verdict name_difference(const Side& source, const Side& target);

// Whether somebody brings changes from the source to the target at present.
enum class Bringer : std::uint8_t { relay, nobody };

// Takes dispute.look, of an open dispute. With nobody at work one look decides.
void judge(Dispute& dispute, Bringer bringer);

}  // namespace relay
