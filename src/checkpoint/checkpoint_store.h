// Checkpoint store: how far each stream has been applied, on disk. One of the four seams.
//
// Invariant: a stored position never moves backwards, and never passes work the sink has not
// confirmed. save() enforces the first half; the apply stage, its only caller, owes the second.
//
// Not here: choosing where to start (pipeline/start_position.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/position.h"
#include "core/result.h"

namespace relay {

class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  // nullopt: this stream has never been checkpointed.
  virtual Result<std::optional<Checkpoint>> load(std::string_view stream) = 0;

  // Durable once it returns ok. Refuses (store_failed) a checkpoint whose cluster time is older
  // than the stored one.
  virtual Status save(std::string_view stream, const Checkpoint& next) = 0;

  // As save, but also backwards: for a target that brings its own, older position, and for
  // operators.
  virtual Status replace(std::string_view stream, const Checkpoint& next) = 0;

  // Who owns the file: 32 hex digits made when the file was made. Names the relay in leases.
  virtual Result<std::string> owner() = 0;
};

}  // namespace relay
