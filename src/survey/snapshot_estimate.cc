#include "survey/snapshot_estimate.h"

#include <algorithm>
#include <array>
#include <utility>

namespace relay {

std::chrono::seconds estimate_snapshot(std::uint64_t documents, std::uint64_t bytes) {
  const auto ceiling = [](std::uint64_t amount, std::uint64_t rate) {
    return static_cast<std::int64_t>(amount / rate + (amount % rate == 0 ? 0 : 1));
  };
  return std::chrono::seconds(std::max(ceiling(documents, kCopiedDocumentsPerSecond),
                                       ceiling(bytes, kCopiedBytesPerSecond)));
}

std::string format_span(std::chrono::seconds span) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits = {
      {{86'400, " d"}, {3'600, " h"}, {60, " min"}, {1, " s"}}};
  std::int64_t rest = std::max<std::int64_t>(span.count(), 0);
  std::string text;
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const auto& [seconds, name] = kUnits[i];
    if (rest < seconds) continue;
    text = std::to_string(rest / seconds) + name;
    rest %= seconds;
    if (i + 1 == kUnits.size() || rest < kUnits[i + 1].first) return text;
    return text + " " + std::to_string(rest / kUnits[i + 1].first) + kUnits[i + 1].second;
  }
  return "0 s";
}

}  // namespace relay
