#include "core/backoff.h"

#include <algorithm>

namespace relay {

std::chrono::milliseconds Backoff::next() {
  // Beyond 2^7 * 100 ms the maximum holds anyway; the cap keeps the shift defined.
  const int doublings = std::min(attempts_, 7);
  ++attempts_;
  const std::int64_t whole = std::min(kDelayMin.count() << doublings, kDelayMax.count());
  // xorshift64 (Marsaglia 2003): spread is all that is asked of it.
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  const auto half = static_cast<std::uint64_t>(whole / 2);
  return std::chrono::milliseconds(whole - static_cast<std::int64_t>(random_ % (half + 1)));
}

}  // namespace relay
