#include "verify/both_sides.h"

#include <atomic>
#include <chrono>
#include <pthread.h>
#include <thread>

#include "core/doorbell.h"

namespace relay {
namespace {

constexpr std::chrono::milliseconds kShowEvery{100};

}  // namespace

Status scan_both(SourceRows& source,
                 TargetRows& target,
                 const ScanVisits& visits,
                 const ScanProgress& progress) {
  Doorbell bell;
  std::atomic<bool> has_source_failed = false;
  std::atomic<bool> has_target_failed = false;
  std::atomic<bool> is_target_done = false;
  std::atomic<std::uint64_t> rows = 0;
  std::uint64_t documents = 0;
  Status target_read = ok_status();
  Status source_read = ok_status();
  {
    const std::jthread reader([&] {
      pthread_setname_np(pthread_self(), "relay-verify");
      target_read = target.scan([&](const TargetRow& row) {
        visits.on_row(row);
        ++rows;
        return !has_source_failed;
      });
      has_target_failed = !target_read.ok();
      is_target_done = true;
      bell.ring();
    });
    source_read = source.scan(visits.on_document, [&](std::size_t count) {
      documents += count;
      progress(documents, rows);
      return !has_target_failed;
    });
    has_source_failed = !source_read.ok();
    for (;;) {
      const std::uint64_t seen = bell.rings();
      if (is_target_done) break;
      bell.wait(seen, kShowEvery, {});
      progress(documents, rows);
    }
  }
  const bool is_of_source = !source_read.ok() && source_read.error().kind != ErrorKind::stopped;
  return is_of_source ? source_read : target_read;
}

}  // namespace relay
