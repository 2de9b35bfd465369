#include "plan/batch_builder.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace relay {
namespace {

// Measured on PostgreSQL: statements of 1 MiB are the fastest and commits are cheap, so from about
// two of them on a transaction does not get faster.
constexpr std::size_t kBytesWorthABatch = 2U << 20U;

bool is_same_transaction(const PlannedWrite& a, const PlannedWrite& b) {
  return !a.transaction_session.empty() && a.transaction_number == b.transaction_number &&
         std::ranges::equal(a.transaction_session, b.transaction_session);
}

}  // namespace

void BatchBuilder::add(PlannedWrite write) {
  bytes_ += write.weight_bytes;
  if (write.kind == WriteKind::barrier) ++barrier_count_;
  writes_.push_back(std::move(write));
}

bool BatchBuilder::is_worth_a_batch() const {
  return bytes_ >= kBytesWorthABatch || barrier_count_ > 0 || is_full();
}

bool BatchBuilder::is_full() const {
  return writes_.size() >= limits_.rows_max || bytes_ >= limits_.bytes_max;
}

// The writes of the first event, when one of them is a barrier; else 0.
std::size_t BatchBuilder::leading_barrier() const {
  std::size_t count = 0;
  bool is_barrier = false;
  while (count < writes_.size() && writes_[count].event_ordinal == writes_.front().event_ordinal) {
    is_barrier = is_barrier || writes_[count].kind == WriteKind::barrier;
    ++count;
  }
  return is_barrier ? count : 0;
}

// Where the first event with a barrier begins; the end when there is none.
std::size_t BatchBuilder::barrier_start() const {
  if (barrier_count_ == 0) return writes_.size();
  const auto barrier = std::ranges::find(writes_, WriteKind::barrier, &PlannedWrite::kind);
  auto start = static_cast<std::size_t>(barrier - writes_.begin());
  while (start > 0 && writes_[start - 1].event_ordinal == barrier->event_ordinal)
    --start;
  return start;
}

std::size_t BatchBuilder::fitting() const {
  const std::size_t end = barrier_start();
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < end && count < limits_.rows_max) {
    bytes += writes_[count].weight_bytes;
    // The first row goes in whatever it weighs.
    if (count > 0 && bytes > limits_.bytes_max) break;
    ++count;
  }
  return count;
}

std::size_t BatchBuilder::cut(Tail tail) const {
  if (const std::size_t alone = barrier_count_ > 0 ? leading_barrier() : 0; alone > 0) return alone;
  const std::size_t count = fitting();
  if (count == writes_.size() && tail == Tail::complete) return count;
  const std::size_t start = transaction_start(count);
  if (start > 0) return start;
  // One transaction from the beginning on: it is torn apart only when it alone exceeds the limits.
  return count < writes_.size() || is_full() ? event_boundary(count) : 0;
}

std::size_t BatchBuilder::cut_below(std::size_t count) const {
  if (const std::size_t alone = barrier_count_ > 0 ? leading_barrier() : 0; alone > 0) return alone;
  const std::size_t wanted = std::clamp<std::size_t>(count, 1, std::max<std::size_t>(fitting(), 1));
  const std::size_t start = transaction_start(wanted);
  return start == 0 ? event_boundary(wanted) : start;
}

// Where the transaction begins that both the write before `count` and the one at `count` (or a
// later event, when there is none) belong to; the boundary at or before `count` when there is none.
std::size_t BatchBuilder::transaction_start(std::size_t count) const {
  if (count == 0) return 0;
  const PlannedWrite& last = writes_[count - 1];
  const bool is_end = count == writes_.size();
  const bool is_torn_event = !is_end && last.event_ordinal == writes_[count].event_ordinal;
  const bool is_torn_transaction =
      !last.transaction_session.empty() && (is_end || is_same_transaction(last, writes_[count]));
  std::size_t start = count;
  while (start > 0 && ((is_torn_event && writes_[start - 1].event_ordinal == last.event_ordinal) ||
                       (is_torn_transaction && is_same_transaction(writes_[start - 1], last)))) {
    --start;
  }
  return start;
}

// The boundary between two events at or before `count`, or behind it when there is none before.
std::size_t BatchBuilder::event_boundary(std::size_t count) const {
  const auto is_inside = [this](std::size_t at) {
    return at > 0 && at < writes_.size() &&
           writes_[at - 1].event_ordinal == writes_[at].event_ordinal;
  };
  std::size_t at = count;
  while (is_inside(at))
    --at;
  if (at > 0) return at;
  at = count;
  while (is_inside(at))
    ++at;
  return at;
}

void BatchBuilder::replace_table(const TableMapping* old, const TableMapping* next) {
  for (PlannedWrite& write : writes_) {
    if (write.table == old) write.table = next;
  }
}

void BatchBuilder::take(std::size_t count) {
  CHECK(count <= writes_.size(), "only what was added can be taken");
  for (std::size_t i = 0; i < count; ++i) {
    bytes_ -= writes_[i].weight_bytes;
    if (writes_[i].kind == WriteKind::barrier) --barrier_count_;
  }
  writes_.erase(writes_.begin(), writes_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace relay
