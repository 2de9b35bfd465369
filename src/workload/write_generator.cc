#include "workload/write_generator.h"

#include <numeric>

namespace relay {

namespace {

constexpr std::array<std::uint32_t, 4> kOrderWeights = {450, 350, 80, 120};
constexpr std::array<std::uint32_t, 4> kUserWeights = {450, 420, 50, 80};
// Inserts are readings, updates are devices.
constexpr std::array<std::uint32_t, 4> kSensorWeights = {850, 150, 0, 0};

}  // namespace

WriteGenerator::Weights WriteGenerator::weights_of(const WorkloadOptions& options) {
  if (options.mix == WorkloadMix::insert_only) return {1'000, 0, 0, 0};
  Weights weights = options.profile == WorkloadProfile::orders    ? kOrderWeights
                    : options.profile == WorkloadProfile::sensors ? kSensorWeights
                                                                  : kUserWeights;
  if (!options.update_per_mille) return weights;
  // The other operations share what is left as the profile has them.
  const std::uint32_t others = 1'000 - weights[1];
  const std::uint32_t left = 1'000 - *options.update_per_mille;
  weights[2] = weights[2] * left / others;
  weights[3] = weights[3] * left / others;
  weights[1] = *options.update_per_mille;
  weights[0] = 1'000 - weights[1] - weights[2] - weights[3];
  return weights;
}

std::variant<WriteGenerator::Orders, WriteGenerator::Users, WriteGenerator::Sensors>
WriteGenerator::make_model(const WorkloadOptions& options, const WriterIdentity& identity) {
  const std::uint32_t bytes = options.document_bytes;
  const AfterInsert after =
      options.mix == WorkloadMix::insert_only ? AfterInsert::stays : AfterInsert::may_change;
  switch (options.profile) {
    case WorkloadProfile::users:
      return Users(identity, 0, bytes, after);
    case WorkloadProfile::sensors:
      return Sensors{.readings = {identity, 0, bytes, AfterInsert::stays},
                     .devices = {identity, 1, 0, AfterInsert::may_change}};
    case WorkloadProfile::orders:
      break;
  }
  return Orders(identity, 0, bytes, after);
}

WriteGenerator::WriteGenerator(const WorkloadOptions& options, std::uint32_t writer)
    : mix_(options.mix),
      weights_(weights_of(options)),
      half_(kHalfUnlimited),
      random_(mix_bits(options.seed + 0x5eed, writer)),
      model_(make_model(options, {.seed = options.seed, .writer = writer})) {
  const std::optional<std::uint64_t> count = operations_of_writer(options, writer);
  if (count) half_ = static_cast<std::int64_t>(*count / 2);
}

OperationType WriteGenerator::pick_operation() {
  constexpr std::array kOperations = {
      OperationType::insert, OperationType::update, OperationType::replace, OperationType::delete_};
  std::uint32_t rest = random_.below(1'000);
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    if (rest < weights_.at(i)) return kOperations.at(i);
    rest -= weights_.at(i);
  }
  return OperationType::insert;
}

template <class Model>
void WriteGenerator::advance(Model& model, const WorkloadMoment& moment, WorkloadWrite& write) {
  const OperationType operation = pick_operation();
  if (operation == OperationType::insert || model.is_empty()) {
    model.insert(random_, moment, write);
  } else if (operation == OperationType::update) {
    model.update(random_, moment, write);
  } else if (operation == OperationType::replace) {
    model.replace(random_, moment, write);
  } else {
    model.remove(random_, write);
  }
}

void WriteGenerator::advance(Sensors& model, const WorkloadMoment& moment, WorkloadWrite& write) {
  const bool has_devices = mix_ != WorkloadMix::insert_only;
  if (has_devices && model.devices.key_count() < kDeviceCount) {
    model.devices.insert(random_, moment, write);
  } else if (pick_operation() == OperationType::update) {
    model.devices.update(random_, moment, write);
  } else {
    model.readings.insert(random_, moment, write);
  }
}

void WriteGenerator::next(WorkloadWrite& write) {
  ++stamp_;
  const WorkloadMoment moment{.stamp = stamp_, .is_second_half = stamp_ > half_};
  std::visit([&](auto& model) { advance(model, moment, write); }, model_);
}

std::vector<Digest> WriteGenerator::digests() const {
  if (const auto* sensors = std::get_if<Sensors>(&model_)) {
    return {sensors->readings.digest(), sensors->devices.digest()};
  }
  if (const auto* users = std::get_if<Users>(&model_)) return {users->digest()};
  return {std::get_if<Orders>(&model_)->digest()};
}

}  // namespace relay
