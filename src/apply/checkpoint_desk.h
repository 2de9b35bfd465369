// CheckpointDesk: what people do with the positions that the target has stored, while no relay
// runs.
//
// Invariant: a position is changed under the stream's lease, taken as a relay takes it, so that no
// relay writes the stream meanwhile, nor one that slept writes afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/position.h"
#include "core/result.h"
#include "core/secret.h"

namespace relay {

class PgConnection;
class PgAnswer;

// A stream as the target knows it.
struct TargetCheckpoint {
  std::string stream{};
  std::optional<Checkpoint> stored{};  // nullopt: no position.
  std::string owner{};
  std::int64_t epoch = 0;
  double lease_seconds_left = 0;  // 0: nobody holds the lease.
  double updated_at = 0;          // Seconds since 1970.
  std::size_t tables_copied = 0;  // Snapshots that are done...
  std::size_t tables = 0;         // ...of so many.
};

// One thread. Errors have the kinds of sink.h.
class CheckpointDesk {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
  };

  // Connects.
  static Result<CheckpointDesk> open(const Options& options);
  CheckpointDesk(CheckpointDesk&&) noexcept;
  ~CheckpointDesk();

  // By name. A target that no relay has written to has none.
  Result<std::vector<TargetCheckpoint>> list();

  // `owner` of the state file that belongs to the stream: its own lease, left behind by a kill, is
  // no obstacle on PostgreSQL. lease_held: a relay holds the stream.
  Status set(const std::string& stream, const std::string& owner, const Checkpoint& next);
  // Forgets the position and the progress of snapshots.
  Status reset(const std::string& stream, const std::string& owner);

 private:
  explicit CheckpointDesk(std::unique_ptr<PgConnection> connection);
  Result<std::optional<PgAnswer>> read(std::string_view postgres,
                                       std::string_view crate,
                                       const char* table);
  [[nodiscard]] bool is_crate() const;

  std::unique_ptr<PgConnection> connection_;
};

}  // namespace relay
