#include "core/change_event.h"

#include <algorithm>

namespace relay {

bool is_same_transaction(const ChangeEvent& a, const ChangeEvent& b) {
  return !a.transaction_session.empty() && a.transaction_number == b.transaction_number &&
         std::ranges::equal(a.transaction_session, b.transaction_session);
}

}  // namespace relay
