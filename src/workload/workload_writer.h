// WorkloadWriter: one thread's part of the workload.
//
//   until the operations, the time or the patience of the caller are over:
//     wait for the pace
//     take a batch of operations from the generator
//     for each command of the batch: send it until a majority has it
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "workload/pace.h"
#include "workload/patience.h"
#include "workload/workload_options.h"
#include "workload/workload_progress.h"
#include "workload/write_commands.h"
#include "workload/write_generator.h"

namespace relay {

class WorkloadConnection;
class WorkloadPool;

class WorkloadWriter {
 public:
  // All references outlive the writer.
  WorkloadWriter(const WorkloadOptions& options,
                 std::uint32_t writer,
                 WorkloadPool& pool,
                 WorkloadProgress& progress,
                 Clock& clock);
  ~WorkloadWriter();

  // ok: done, or stopped after a whole batch; the digests are true. An error: they are not.
  Status run(const std::stop_token& stop);

  [[nodiscard]] std::vector<Digest> digests() const { return generator_.digests(); }

 private:
  [[nodiscard]] bool is_over(Clock::TimePoint start, const std::stop_token& stop) const;
  void take_batch(std::uint32_t size);
  Status send_batch(Patience& patience);
  Status send(const WriteCommand& command, Patience& patience);
  void count(const WriteCommand& command);

  const WorkloadOptions& options_;
  std::uint32_t writer_;
  WorkloadPool& pool_;
  WorkloadProgress& progress_;
  Clock& clock_;
  std::vector<std::string> collections_;
  std::optional<std::uint64_t> operations_;  // nullopt: no limit.
  WriteGenerator generator_;
  std::unique_ptr<WorkloadConnection> connection_;
  std::vector<WorkloadWrite> writes_;  // Used again and again; the first batch_size_ are the batch.
  std::size_t batch_size_ = 0;
  std::int64_t transaction_number_ = 0;
};

}  // namespace relay
