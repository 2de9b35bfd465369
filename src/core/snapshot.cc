#include "core/snapshot.h"

#include <array>
#include <string_view>

namespace relay {
namespace {

constexpr std::string_view kFrom = "from:";
constexpr std::string_view kAfter = "after:";
constexpr std::string_view kDigits = "0123456789abcdef";

// In the order of SnapshotState.
constexpr std::array<std::string_view, 6> kStates = {
    "waiting", "copying", "merging", "sweeping", "done", "dropped"};

bool parse_hex(std::string_view text, std::string& bytes) {
  if (text.empty() || text.size() % 2 != 0) return false;
  std::string parsed;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kDigits.find(text[i]);
    const std::size_t low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    parsed.push_back(static_cast<char>(high * 16 + low));
  }
  bytes = std::move(parsed);
  return true;
}

}  // namespace

std::string format_key_bound(const KeyBound& bound) {
  if (bound.document.empty()) return "";
  std::string text(bound.is_exclusive ? kAfter : kFrom);
  for (const char c : bound.document) {
    const auto byte = static_cast<std::uint8_t>(c);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

bool parse_key_bound(const std::string& text, KeyBound& bound) {
  KeyBound parsed;
  if (!text.empty()) {
    parsed.is_exclusive = text.starts_with(kAfter);
    const std::string_view opening = parsed.is_exclusive ? kAfter : kFrom;
    if (!text.starts_with(opening)) return false;
    if (!parse_hex(std::string_view(text).substr(opening.size()), parsed.document)) return false;
  }
  bound = std::move(parsed);
  return true;
}

std::string format_snapshot_state(SnapshotState state) {
  return std::string(kStates.at(static_cast<std::size_t>(state)));
}

bool parse_snapshot_state(const std::string& text, SnapshotState& state) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] != text) continue;
    state = static_cast<SnapshotState>(i);
    return true;
  }
  return false;
}

}  // namespace relay
