// StreamWatch: what the bookkeeping in the target says of a stream that somebody else may be
// writing: where it is, whether a relay holds it, copies under way, dead letters. Reads only.
//
// A target that relay has never written to has no bookkeeping: nobody holds anything then.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cluster_time.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/snapshot.h"

namespace relay {

class PgConnection;

struct StreamStanding {
  // Every change up to here is in the tables; nullopt: nothing was ever applied.
  std::optional<ClusterTime> applied{};
  bool is_held = false;  // By a relay whose lease has not ended.
};

// One thread. Errors have the kinds of sink.h.
class StreamWatch {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
  };

  // Connects.
  static Result<StreamWatch> open(const Options& options);
  StreamWatch(StreamWatch&&) noexcept;
  ~StreamWatch();

  Result<StreamStanding> look(const std::string& stream);

  // The parts of the table's copy (`table`: "schema.table"); none: it never had one.
  Result<std::vector<SnapshotPart>> read_parts(const std::string& stream, const std::string& table);

  // Of those of the key texts that have letters: whether one of them is open.
  Result<std::map<std::string, bool>> find_letters(const std::string& stream,
                                                   const std::string& table,
                                                   std::span<const std::string> keys);

 private:
  explicit StreamWatch(std::unique_ptr<PgConnection> connection);

  std::unique_ptr<PgConnection> connection_;
};

}  // namespace relay
