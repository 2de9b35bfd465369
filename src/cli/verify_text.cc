#include "cli/verify_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/text_table.h"

namespace relay {
namespace {

void add_count(std::string& text, const char* name, std::uint64_t count) {
  if (count > 0) text += std::string(" ") + name + "=" + std::to_string(count);
}

std::string format_rounded(double value) {
  return std::to_string(std::llround(value));
}

}  // namespace

std::string difference_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::missing:
      return "missing";
    case Verdict::extra:
      return "extra";
    case Verdict::differs:
      return "differs";
    case Verdict::open:
    case Verdict::equal:
    case Verdict::letter:
      break;
  }
  return "?";
}

std::string format_difference(const std::string& table, const Dispute& dispute) {
  return difference_word(dispute.verdict) + " " + printable(table) + " " + printable(dispute.text);
}

std::string format_stay(const std::string& table, const Dispute& dispute, const std::string& why) {
  return "stays " + printable(table) + " " + printable(dispute.text) + ": " + printable(why);
}

std::string format_outcome(const VerifiedTable& table) {
  const TableOutcome& outcome = table.outcome;
  std::string text = printable(outcome.table);
  if (!outcome.uncompared.empty()) return text + " not compared: " + outcome.uncompared;
  text += " documents=" + std::to_string(outcome.documents) +
          " rows=" + std::to_string(outcome.rows) +
          " differences=" + std::to_string(outcome.difference_count());
  add_count(text, "missing", outcome.missing);
  add_count(text, "extra", outcome.extra);
  add_count(text, "differs", outcome.differs);
  add_count(text, "mended", table.mended);
  add_count(text, "dead_letters", outcome.dead_letters);
  add_count(text, "unsettled", outcome.unsettled);
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, " seconds=%.1f", table.seconds);
  return text + seconds;
}

std::string VerifyProgressText::line(const CheckProgress& progress, Clock::TimePoint now) {
  if (progress.table != table_ || progress.step != step_) {
    table_ = progress.table;
    step_ = progress.step;
    start_ = now;
  }
  std::string text = printable(table_) + ": ";
  switch (step_) {
    case CheckProgress::Step::copy:
      return text + "waiting for its copy";
    case CheckProgress::Step::relay:
      return text + "waiting for the relay, keys in dispute " + std::to_string(progress.disputes);
    case CheckProgress::Step::look:
      return text + "looking again, keys in dispute " + std::to_string(progress.disputes);
    case CheckProgress::Step::narrow:
      text += "once more, ";
      break;
    case CheckProgress::Step::scan:
      break;
  }
  const std::uint64_t done = std::min(progress.documents, progress.rows);
  text += std::to_string(progress.documents) + " documents and " + std::to_string(progress.rows) +
          " rows";
  const std::uint64_t all = progress.documents_estimated;
  if (all > 0) text += " of about " + std::to_string(all);
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (seconds < 1 || done == 0) return text;
  const double rate = static_cast<double>(done) / seconds;
  text += ", " + format_rounded(rate) + "/s";
  if (all > done)
    text += ", " + format_rounded(std::ceil(static_cast<double>(all - done) / rate)) + " s left";
  return text;
}

}  // namespace relay
