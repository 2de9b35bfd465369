#include "workload/user_shape.h"

#include <array>
#include <string>

#include "workload/word_lists.h"

namespace relay {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

enum class UserChange : std::uint8_t { city, last_name, points, tags, newsletter };

UserChange pick_change(const UserShape::State& state,
                       Random& random,
                       const WorkloadMoment& moment) {
  // Old documents get the new field with the first update that finds them in the second half.
  if (moment.is_second_half && state.newsletter_since == 0) return UserChange::newsletter;
  return static_cast<UserChange>(random.below(4));
}

}  // namespace

void UserShape::write_key(std::uint32_t number, BsonWriter& bson) const {
  // The number stands in it unmixed, so two keys of one writer differ.
  const std::uint64_t high = mix_bits(identity_.seed, 4);
  std::array<std::uint8_t, 16> id{};
  for (unsigned i = 0; i < 8; ++i)
    id.at(i) = static_cast<std::uint8_t>(high >> (8U * i));
  id.at(6) = static_cast<std::uint8_t>((id.at(6) & 0x0fU) | 0x40U);
  id.at(8) = 0x80;
  id.at(10) = static_cast<std::uint8_t>(identity_.writer >> 8U);
  id.at(11) = static_cast<std::uint8_t>(identity_.writer);
  for (unsigned i = 0; i < 4; ++i)
    id.at(12 + i) = static_cast<std::uint8_t>(number >> (24 - 8U * i));
  bson.add_uuid("_id", id);
}

void UserShape::fill(State& state, const WorkloadMoment& moment) const {
  Random random(content_random(identity_, state).next());
  state.city = static_cast<std::uint8_t>(random.below(kCities.size()));
  state.last_name = static_cast<std::uint8_t>(random.below(kLastNames.size()));
  state.points = random.below(1'000);
  if (moment.is_second_half) state.newsletter_since = moment.stamp;
}

void UserShape::write_tags(const State& state, BsonWriter& bson) const {
  Random random(content_random(identity_, state).next() +
                static_cast<std::uint64_t>(state.tags_seq));
  bson.begin_array("tags");
  const std::uint32_t count = random.below(4);
  for (std::uint32_t i = 0; i < count; ++i)
    bson.add_text(std::to_string(i), pick_word(kTopics, random));
  bson.end();
}

void UserShape::write_newsletter(const State& state, BsonWriter& bson) const {
  bson.begin_document("newsletter");
  bson.add_bool("is_on", state.newsletter_since % 2 == 0);
  bson.add_date("since", kWorkloadEpochMs + state.newsletter_since * 1'000);
  bson.end();
}

void UserShape::write_document(const State& state, BsonWriter& bson) const {
  Random random = content_random(identity_, state);
  const std::string_view first = pick_word(kFirstNames, random);
  bson.begin_document("name");
  bson.add_text("first", first);
  bson.add_text("last", kLastNames.at(state.last_name));
  bson.end();
  bson.add_text("email", "u" + std::to_string(random.below(100'000'000)) + "@example.org");
  // From 1930 to 2012: also before 1970.
  bson.add_date("born", (static_cast<std::int64_t>(random.below(30'000)) - 14'600) * kDayMs);
  bson.begin_document("address");
  bson.add_text("city", kCities.at(state.city));
  bson.end();
  bson.add_int64("points", state.points);
  write_tags(state, bson);
}

void UserShape::write_tail(const State& state, BsonWriter& bson) const {
  if (state.newsletter_since != 0) write_newsletter(state, bson);
}

void UserShape::change(State& state,
                       Random& random,
                       const WorkloadMoment& moment,
                       BsonWriter& bson) const {
  const UserChange change = pick_change(state, random, moment);
  if (change == UserChange::points) {
    const std::int64_t gain = static_cast<std::int64_t>(random.below(200)) - 100;
    state.points += gain;
    bson.begin_document("$inc");
    bson.add_int64("points", gain);
    bson.end();
  }
  bson.begin_document("$set");
  switch (change) {
    case UserChange::city:
      state.city = static_cast<std::uint8_t>(random.below(kCities.size()));
      bson.add_text("address.city", kCities.at(state.city));
      break;
    case UserChange::last_name:
      state.last_name = static_cast<std::uint8_t>(random.below(kLastNames.size()));
      bson.add_text("name.last", kLastNames.at(state.last_name));
      break;
    case UserChange::tags:
      state.tags_seq = state.seq;
      write_tags(state, bson);
      break;
    case UserChange::newsletter:
      state.newsletter_since = moment.stamp;
      write_newsletter(state, bson);
      break;
    case UserChange::points:
      break;
  }
  write_new_mark(bson, state);
  bson.end();
}

}  // namespace relay
