// A life of a simulated world, chosen by a seed: writes, steps, faults, restarts, then quiet.
#pragma once

#include <cstdint>
#include <string>

namespace relay {

// Empty: everything that must be true was, and the tables are equal in the end. Else the first
// thing that was wrong. The same seed leads the same life, for as long as neither the relay nor the
// simulation changes.
std::string live(std::uint64_t seed);
// The same, with every commit in the log, and all events of the source in the end.
std::string live_traced(std::uint64_t seed);

}  // namespace relay
