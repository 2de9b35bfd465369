// How a comparison looks to whoever runs it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "verify/check_progress.h"
#include "verify/table_check.h"

namespace relay {

struct VerifiedTable {
  TableOutcome outcome{};
  double seconds = 0;
  std::uint64_t mended = 0;  // Differences.

  // Nothing is wrong with it, or not any more.
  [[nodiscard]] bool is_equal() const {
    return outcome.uncompared.empty() ? outcome.difference_count() == mended
                                      : outcome.is_uncompared_fine;
  }
};

// One difference, without the end of the line: "missing sales.orders 507f191e810c19729de860ea".
// Control characters of the key become '?', so that it stays one line.
std::string format_difference(const std::string& table, const Dispute& dispute);
// "stays sales.orders 4711: SQLSTATE 23514 constraint=strict".
std::string format_stay(const std::string& table, const Dispute& dispute, const std::string& why);
// "missing", "extra" or "differs".
std::string difference_word(Verdict verdict);

// One line: "sales.orders documents=300000 rows=300000 differences=0 seconds=2.1".
std::string format_outcome(const VerifiedTable& table);

// Says how far it is; makes a rate from one line to the next. One thread.
class VerifyProgressText {
 public:
  // "sales.orders: 120000 documents and 118000 rows of about 300000, 50000/s, 4 s left".
  std::string line(const CheckProgress& progress, Clock::TimePoint now);

 private:
  CheckProgress::Step step_ = CheckProgress::Step::copy;
  std::string table_;
  Clock::TimePoint start_{};  // Of the step.
};

}  // namespace relay
