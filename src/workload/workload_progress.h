// WorkloadProgress: what the writers have done so far, for whoever watches. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "core/guarded.h"

namespace relay {

struct WorkloadCounts {
  std::uint64_t insert_count = 0;
  std::uint64_t update_count = 0;
  std::uint64_t replace_count = 0;
  std::uint64_t delete_count = 0;

  [[nodiscard]] std::uint64_t total() const {
    return insert_count + update_count + replace_count + delete_count;
  }
};

// Counts what the source has acknowledged with a majority.
class WorkloadProgress {
 public:
  void add(const WorkloadCounts& counts) {
    inserts_ += counts.insert_count;
    updates_ += counts.update_count;
    replaces_ += counts.replace_count;
    deletes_ += counts.delete_count;
  }

  [[nodiscard]] WorkloadCounts counts() const {
    return {.insert_count = inserts_,
            .update_count = updates_,
            .replace_count = replaces_,
            .delete_count = deletes_};
  }

  // Why nothing moves; empty: it does.
  void set_trouble(std::string text) {
    trouble_.with([&](std::string& trouble) { trouble = std::move(text); });
  }
  [[nodiscard]] std::string trouble() const { return trouble_.copy(); }

 private:
  std::atomic<std::uint64_t> inserts_ = 0;
  std::atomic<std::uint64_t> updates_ = 0;
  std::atomic<std::uint64_t> replaces_ = 0;
  std::atomic<std::uint64_t> deletes_ = 0;
  Guarded<std::string> trouble_;
};

}  // namespace relay
