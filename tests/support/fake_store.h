// FakeStore: a state file in memory that survives the relay.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "checkpoint/checkpoint_store.h"
#include "support/fake_call.h"

namespace relay {

class FakeStore final : public CheckpointStore {
 public:
  Result<std::optional<Checkpoint>> load(std::string_view stream) override {
    if (is_failing || fails(CallEdge::before)) return failure("load");
    const auto found = checkpoints_.find(stream);
    if (found == checkpoints_.end()) return std::optional<Checkpoint>();
    return std::optional(found->second);
  }
  Status save(std::string_view stream, const Checkpoint& next) override {
    const auto found = checkpoints_.find(stream);
    if (found != checkpoints_.end() &&
        next.position.cluster_time < found->second.position.cluster_time) {
      return Error{ErrorKind::store_failed, "save the position: backwards", ""};
    }
    return replace(stream, next);
  }
  Status replace(std::string_view stream, const Checkpoint& next) override {
    if (is_failing || fails(CallEdge::before)) return failure("save");
    before_ = checkpoints_;
    checkpoints_.insert_or_assign(std::string(stream), next);
    if (on_write) on_write(next);
    if (fails(CallEdge::after)) return failure("save");
    return ok_status();
  }
  Result<std::string> owner() override { return std::string(32, 'a'); }

  // As when a disk had not written what it said: the last save is gone.
  void lose_last_write() { checkpoints_ = before_; }
  // As when an operator removes a damaged file.
  void clear() {
    checkpoints_.clear();
    before_.clear();
  }
  [[nodiscard]] std::optional<Checkpoint> stored() const {
    return checkpoints_.empty() ? std::nullopt : std::optional(checkpoints_.begin()->second);
  }

  bool is_failing = false;
  CallWatch watch;                                  // Sees every call.
  std::function<void(const Checkpoint&)> on_write;  // After every save that was done.

 private:
  bool fails(CallEdge edge) const { return watch && watch(edge) != CallTrouble::none; }
  static Error failure(const char* doing) {
    return {ErrorKind::store_failed, std::string(doing) + " the position: disk full", ""};
  }

  using Checkpoints = std::map<std::string, Checkpoint, std::less<>>;
  Checkpoints checkpoints_;
  Checkpoints before_;  // The last write.
};

}  // namespace relay
