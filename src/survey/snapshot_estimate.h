// How long the first copy of the collections takes, about, to be held against the oplog.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace relay {

// About a quarter of the inserts of 1 KB a second measured on two shared cores
// (docs/performance.md): the servers have other work, too.
inline constexpr std::uint64_t kCopiedDocumentsPerSecond = 20'000;
inline constexpr std::uint64_t kCopiedBytesPerSecond = 20U << 20U;

std::chrono::seconds estimate_snapshot(std::uint64_t documents, std::uint64_t bytes);

// "2 h 5 min", "40 s"; two units at most.
std::string format_span(std::chrono::seconds span);

}  // namespace relay
