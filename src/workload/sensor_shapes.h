// ReadingShape, DeviceShape: small flat documents that are only inserted, and the few that they
// belong to.
#pragma once

#include <cstdint>
#include <string>

#include "workload/document_state.h"

namespace relay {

// Devices of one writer.
inline constexpr std::uint32_t kDeviceCount = 50;

std::string device_name(const WriterIdentity& identity, std::uint32_t number);

class ReadingShape {
 public:
  struct State : DocumentState {};

  explicit ReadingShape(const WriterIdentity& identity) : identity_(identity) {}

  // An int64: 22 bits from the seed, 9 of the writer, 32 of the number.
  void write_key(std::uint32_t number, BsonWriter& bson) const;
  void fill(State& /*state*/, const WorkloadMoment& /*moment*/) const {}
  void write_document(const State& state, BsonWriter& bson) const;
  void write_tail(const State& /*state*/, BsonWriter& /*bson*/) const {}
  void change(State& state, Random& random, const WorkloadMoment& moment, BsonWriter& bson) const;

 private:
  WriterIdentity identity_;
};

class DeviceShape {
 public:
  struct State : DocumentState {
    std::int64_t reading_count = 0;
    std::int64_t last_at_ms = 0;
    double last_temperature = 0;
  };

  explicit DeviceShape(const WriterIdentity& identity) : identity_(identity) {}

  // The device's name.
  void write_key(std::uint32_t number, BsonWriter& bson) const;
  void fill(State& state, const WorkloadMoment& moment) const;
  void write_document(const State& state, BsonWriter& bson) const;
  void write_tail(const State& /*state*/, BsonWriter& /*bson*/) const {}
  void change(State& state, Random& random, const WorkloadMoment& moment, BsonWriter& bson) const;

 private:
  WriterIdentity identity_;
};

}  // namespace relay
