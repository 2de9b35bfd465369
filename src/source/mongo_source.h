// MongoSource: change streams of a MongoDB replica set or sharded cluster.
//
// What it asks of the server, and what each error means: docs/source.md. Threads: change_source.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "source/change_source.h"
#include "source/stream_scope.h"

namespace relay {

struct MongoSourceOptions {
  Secret uri;
  StreamScope scope;
  bool wants_deltas = false;       // As in StreamDefinition.
  bool wants_post_images = false;  // As in StreamDefinition.
  // Events in one reply, at most. From 1,000 on the server is as fast as it gets; whole 16 MB
  // replies cost the client three times the CPU for events of 1 KB, and four times the memory.
  std::int32_t batch_size = 2'000;
  std::chrono::milliseconds await{500};  // Longest wait of next() when nothing happens.
  std::chrono::milliseconds connect_timeout{10'000};
};

class MongoSource final : public ChangeSource {
 public:
  // config_invalid: not a connection string. Reaches nobody; that is open()'s part.
  static Result<std::unique_ptr<MongoSource>> make(MongoSourceOptions options);
  ~MongoSource() override;

  Result<Position> open(const StartPoint& start) override;
  Result<Reply> next() override;
  void set_form(ReplyForm form) override;
  void set_await(std::chrono::milliseconds await) override;
  void cancel() override;
  void end_vain_waits() override;
  Result<ClusterTime> current_time() override;
  Status look_up(const LookUp& request, const std::function<bool(RawDocument)>& visit) override;
  Result<std::vector<CollectionInfo>> list_collections() override;
  Result<CollectionSplit> split(const SplitRequest& request) override;
  Result<Chunk> read_chunk(const ChunkRequest& request) override;
  Result<FoundKeys> find_keys(const KeyCheck& request) override;
  Result<std::optional<OplogFacts>> read_oplog() override;
  [[nodiscard]] std::string pipeline_hash() const override;

 private:
  struct State;
  explicit MongoSource(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// "libmongoc 1.23.1", for --version.
std::string source_driver_version();

}  // namespace relay
