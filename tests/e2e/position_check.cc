#include "e2e/position_check.h"

#include <algorithm>
#include <optional>

namespace relay {
namespace {

using Events = std::vector<RecordedEvent>;

std::string describe(std::int64_t key, const std::string& what) {
  return "key " + std::to_string(key) + ": " + what;
}

Events::const_iterator behind(const Events& events, const std::string& position_token) {
  return std::upper_bound(
      events.begin(),
      events.end(),
      position_token,
      [](const std::string& token, const RecordedEvent& event) { return token < event.token; });
}

std::string judge_present(Events::const_iterator last,
                          Events::const_iterator end,
                          std::int64_t sequence) {
  if (last->kind == RecordedKind::removal) return "deleted, and back";
  if (sequence == last->sequence) return "";
  if (sequence < last->sequence) return "older than the position";
  if (last->kind == RecordedKind::whole) return "newer than the position, and not looked up";
  const bool is_known = std::any_of(last, end, [&](const RecordedEvent& event) {
    return event.kind != RecordedKind::removal && event.sequence == sequence;
  });
  return is_known ? "" : "a version that nobody wrote";
}

std::string judge_absent(Events::const_iterator last, Events::const_iterator end) {
  if (last->kind == RecordedKind::removal) return "";
  const bool is_gone_later =
      last->kind == RecordedKind::update && std::any_of(last, end, [](const RecordedEvent& event) {
        return event.kind == RecordedKind::removal;
      });
  return is_gone_later ? "" : "lost";
}

}  // namespace

std::vector<std::string> find_violations(const History& history,
                                         const std::string& position_token,
                                         const SequenceByKey& rows) {
  std::vector<std::string> found;
  const auto report = [&](std::int64_t key, const std::string& what) {
    if (!what.empty()) found.push_back(describe(key, what));
  };
  for (const auto& [key, sequence] : rows) {
    if (!history.contains(key)) report(key, "a key that nobody wrote");
  }
  for (const auto& [key, events] : history) {
    const auto row = rows.find(key);
    if (behind(events, position_token) == events.begin()) {
      if (row != rows.end()) report(key, "before its first event");
      continue;
    }
    const auto last = std::prev(behind(events, position_token));
    report(key,
           row == rows.end() ? judge_absent(last, events.end())
                             : judge_present(last, events.end(), row->second));
  }
  return found;
}

std::vector<std::string> find_losses(const History& history,
                                     const std::string& position_token,
                                     const SequenceByKey& rows) {
  std::vector<std::string> found;
  for (const auto& [key, sequence] : rows) {
    if (!history.contains(key)) found.push_back(describe(key, "a key that nobody wrote"));
  }
  for (const auto& [key, events] : history) {
    const auto next = behind(events, position_token);
    const auto row = rows.find(key);
    // No row is also right before the first event of a key.
    const bool is_right = (row == rows.end() && next == events.begin()) ||
                          std::any_of(next == events.begin() ? next : std::prev(next),
                                      events.end(),
                                      [&](const RecordedEvent& event) {
                                        const bool is_removal = event.kind == RecordedKind::removal;
                                        return row == rows.end()
                                                   ? is_removal
                                                   : !is_removal && event.sequence == row->second;
                                      });
    if (is_right) continue;
    found.push_back(
        describe(key, row == rows.end() ? "lost" : "of no moment from the position on"));
  }
  return found;
}

}  // namespace relay
