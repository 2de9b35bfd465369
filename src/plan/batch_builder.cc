#include "plan/batch_builder.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace relay {
namespace {

bool is_same_transaction(const PlannedWrite& a, const PlannedWrite& b) {
  return !a.transaction_session.empty() && a.transaction_number == b.transaction_number &&
         std::ranges::equal(a.transaction_session, b.transaction_session);
}

}  // namespace

void BatchBuilder::add(PlannedWrite write) {
  bytes_ += write.weight_bytes;
  writes_.push_back(std::move(write));
}

bool BatchBuilder::is_full() const {
  return writes_.size() >= limits_.rows_max || bytes_ >= limits_.bytes_max;
}

std::size_t BatchBuilder::fitting() const {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < writes_.size() && count < limits_.rows_max) {
    bytes += writes_[count].weight_bytes;
    // The first row goes in whatever it weighs.
    if (count > 0 && bytes > limits_.bytes_max) break;
    ++count;
  }
  return count;
}

std::size_t BatchBuilder::cut(Tail tail) const {
  const std::size_t count = fitting();
  if (count == writes_.size() && tail == Tail::complete) return count;
  const std::size_t start = transaction_start(count);
  if (start > 0) return start;
  // One transaction from the beginning on: it is torn apart only when it alone exceeds the limits.
  return count < writes_.size() || is_full() ? count : 0;
}

std::size_t BatchBuilder::cut_below(std::size_t count) const {
  const std::size_t wanted = std::clamp<std::size_t>(count, 1, std::max<std::size_t>(fitting(), 1));
  const std::size_t start = transaction_start(wanted);
  return start == 0 ? wanted : start;
}

// Where the transaction begins that both the write before `count` and the one at `count` (or a later
// event, when there is none) belong to; `count` itself when there is no such transaction.
std::size_t BatchBuilder::transaction_start(std::size_t count) const {
  if (count == 0) return 0;
  const PlannedWrite& last = writes_[count - 1];
  if (last.transaction_session.empty()) return count;
  if (count < writes_.size() && !is_same_transaction(last, writes_[count])) return count;
  std::size_t start = count;
  while (start > 0 && is_same_transaction(writes_[start - 1], last)) --start;
  return start;
}

void BatchBuilder::take(std::size_t count) {
  CHECK(count <= writes_.size(), "only what was added can be taken");
  for (std::size_t i = 0; i < count; ++i) bytes_ -= writes_[i].weight_bytes;
  writes_.erase(writes_.begin(), writes_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace relay
