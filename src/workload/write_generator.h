// WriteGenerator: the endless, reproducible sequence of one writer's operations, and what they lead
// to.
//
// Pure: equal options and writer number give equal operations. Writers own disjoint keys, so the
// order in which they run does not matter to the result.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "workload/collection_model.h"
#include "workload/order_shape.h"
#include "workload/sensor_shapes.h"
#include "workload/user_shape.h"
#include "workload/workload_options.h"
#include "workload/workload_write.h"

namespace relay {

// Operations without a limit: the second half begins here.
inline constexpr std::int64_t kHalfUnlimited = 1'000;

class WriteGenerator {
 public:
  WriteGenerator(const WorkloadOptions& options, std::uint32_t writer);

  // The next operation, which is in the model from then on. The buffers of `write` are used again.
  void next(WorkloadWrite& write);

  // Operations given out so far.
  [[nodiscard]] std::uint64_t operation_count() const { return static_cast<std::uint64_t>(stamp_); }

  // Of this writer's documents, one digest for each of collections_of(profile).
  [[nodiscard]] std::vector<Digest> digests() const;

 private:
  using Orders = CollectionModel<OrderShape>;
  using Users = CollectionModel<UserShape>;
  struct Sensors {
    CollectionModel<ReadingShape> readings;
    CollectionModel<DeviceShape> devices;
  };
  // Per mille: insert, update, replace, delete_.
  using Weights = std::array<std::uint32_t, 4>;

  static Weights weights_of(const WorkloadOptions& options);
  static std::variant<Orders, Users, Sensors> make_model(const WorkloadOptions& options,
                                                         const WriterIdentity& identity);
  OperationType pick_operation();
  void advance(Sensors& model, const WorkloadMoment& moment, WorkloadWrite& write);
  template <class Model>
  void advance(Model& model, const WorkloadMoment& moment, WorkloadWrite& write);

  WorkloadMix mix_;
  Weights weights_;
  std::int64_t half_;  // The stamp of the first half's last operation.
  std::int64_t stamp_ = 0;
  Random random_;
  std::variant<Orders, Users, Sensors> model_;
};

}  // namespace relay
