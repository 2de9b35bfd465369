// Counts what the test program allocates. In a file of its own, because a compiler that sees both
// halves takes malloc and delete for a mismatch.
#pragma once

#include <cstddef>

namespace relay {

std::size_t allocations_so_far();

}  // namespace relay
