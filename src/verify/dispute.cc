#include "verify/dispute.h"

namespace relay {

bool is_same(const Side& source, const Side& target) {
  // The digest of what is absent is zero on both sides.
  return source.state != Side::State::unfit && source == target;
}

Verdict name_difference(const Side& source, const Side& target) {
  if (target.state == Side::State::absent) return Verdict::missing;
  return source.state == Side::State::absent ? Verdict::extra : Verdict::differs;
}

void judge(Dispute& dispute, Bringer bringer) {
  const Look& look = dispute.look;
  if (is_same(look.before, look.target) || is_same(look.after, look.target)) {
    dispute.verdict = Verdict::equal;
    return;
  }
  if (bringer == Bringer::nobody) {
    dispute.verdict = name_difference(look.after, look.target);
    return;
  }
  if (look.before != look.after) {
    dispute.suspicion.reset();
    return;
  }
  const bool is_confirmed = dispute.suspicion && dispute.suspicion->after == look.after &&
                            dispute.suspicion->target == look.target;
  if (is_confirmed) {
    dispute.verdict = name_difference(look.after, look.target);
  } else {
    dispute.suspicion = look;
  }
}

}  // namespace relay
