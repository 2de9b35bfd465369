#include "workload/sensor_shapes.h"

#include "workload/word_lists.h"

namespace relay {

namespace {

double pick_temperature(Random& random) {
  return (static_cast<double>(random.below(6'000)) - 2'000) / 100;
}

}  // namespace

std::string device_name(const WriterIdentity& identity, std::uint32_t number) {
  return "device-" + std::to_string(mix_bits(identity.seed, 3) & 0xffffffU) + "-" +
         std::to_string(identity.writer) + "-" + std::to_string(number);
}

void ReadingShape::write_key(std::uint32_t number, BsonWriter& bson) const {
  const std::uint64_t seed_bits = mix_bits(identity_.seed, 2) & 0x3fffffU;
  const std::uint64_t id = seed_bits << 41U | std::uint64_t{identity_.writer} << 32U | number;
  bson.add_int64("_id", static_cast<std::int64_t>(id));
}

void ReadingShape::write_document(const State& state, BsonWriter& bson) const {
  Random random = content_random(identity_, state);
  bson.add_text("device", device_name(identity_, random.below(kDeviceCount)));
  bson.add_date("at", kWorkloadEpochMs + state.content * 250);
  bson.add_double("temperature", pick_temperature(random));
  bson.add_double("humidity", static_cast<double>(random.below(1'000)) / 10);
  bson.add_int32("battery", static_cast<std::int32_t>(random.below(101)));
  bson.add_bool("ok", !random.chance(20));
}

void ReadingShape::change(State& state,
                          Random& /*random*/,
                          const WorkloadMoment& /*moment*/,
                          BsonWriter& bson) const {
  bson.begin_document("$set");
  write_new_mark(bson, state);
  bson.end();
}

void DeviceShape::write_key(std::uint32_t number, BsonWriter& bson) const {
  bson.add_text("_id", device_name(identity_, number));
}

void DeviceShape::fill(State& state, const WorkloadMoment& moment) const {
  state.last_at_ms = kWorkloadEpochMs + moment.stamp * 250;
}

void DeviceShape::write_document(const State& state, BsonWriter& bson) const {
  Random random = content_random(identity_, state);
  bson.add_text("model", pick_word(kDeviceModels, random));
  bson.begin_document("site");
  bson.add_text("city", pick_word(kCities, random));
  bson.begin_array("location");
  bson.add_double("0", (static_cast<double>(random.below(360'000)) - 180'000) / 1'000);
  bson.add_double("1", (static_cast<double>(random.below(180'000)) - 90'000) / 1'000);
  bson.end();
  bson.end();
  bson.add_int64("reading_count", state.reading_count);
  bson.begin_document("last");
  bson.add_date("at", state.last_at_ms);
  bson.add_double("temperature", state.last_temperature);
  bson.end();
}

void DeviceShape::change(State& state,
                         Random& random,
                         const WorkloadMoment& moment,
                         BsonWriter& bson) const {
  ++state.reading_count;
  state.last_at_ms = kWorkloadEpochMs + moment.stamp * 250;
  state.last_temperature = pick_temperature(random);
  bson.begin_document("$inc");
  bson.add_int64("reading_count", 1);
  bson.end();
  bson.begin_document("$set");
  bson.add_date("last.at", state.last_at_ms);
  bson.add_double("last.temperature", state.last_temperature);
  write_new_mark(bson, state);
  bson.end();
}

}  // namespace relay
