// What happens in a simulated world, as lines for a person who looks for the reason of a failure.
#pragma once

#include <string>

#include "core/batch.h"
#include "support/fake_oplog.h"

namespace relay {

// "insert orders/5 seq=17 time=12 token=820000000016".
std::string format_event(const FakeEvent& event);
// "commit 820000000016 +orders/5 -users/3 letter=users/4 shop.users:merging".
std::string format_commit(const Batch& batch);

}  // namespace relay
