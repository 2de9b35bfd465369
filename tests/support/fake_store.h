// FakeStore: a state file in memory that survives the relay.
#pragma once

#include <map>
#include <string>

#include "checkpoint/checkpoint_store.h"

namespace relay {

class FakeStore final : public CheckpointStore {
 public:
  Result<std::optional<Checkpoint>> load(std::string_view stream) override {
    const auto found = checkpoints_.find(stream);
    if (found == checkpoints_.end()) return std::optional<Checkpoint>();
    return std::optional(found->second);
  }
  Status save(std::string_view stream, const Checkpoint& next) override {
    if (is_failing) return Error{ErrorKind::store_failed, "save the position: disk full", ""};
    const auto found = checkpoints_.find(stream);
    if (found != checkpoints_.end() &&
        next.position.cluster_time < found->second.position.cluster_time) {
      return Error{ErrorKind::store_failed, "save the position: backwards", ""};
    }
    return replace(stream, next);
  }
  Status replace(std::string_view stream, const Checkpoint& next) override {
    checkpoints_.insert_or_assign(std::string(stream), next);
    return ok_status();
  }
  Result<std::string> owner() override { return std::string(32, 'a'); }

  bool is_failing = false;

 private:
  std::map<std::string, Checkpoint, std::less<>> checkpoints_;
};

}  // namespace relay
