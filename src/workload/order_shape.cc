#include "workload/order_shape.h"

#include <array>
#include <string>

#include "workload/word_lists.h"

namespace relay {

namespace {

constexpr std::size_t kItemsMax = 8;

std::uint64_t total_cents(const OrderShape::State& state) {
  std::uint64_t sum = 0;
  for (const OrderShape::Item& item : state.items) {
    sum += std::uint64_t{item.cents} * static_cast<std::uint32_t>(item.quantity);
  }
  return sum;
}

OrderShape::Item make_item(Random& random) {
  return {.article = random.below(100'000),
          .quantity = static_cast<std::int32_t>(1 + random.below(9)),
          .cents = 1 + random.below(20'000)};
}

void write_item_elements(const OrderShape::Item& item, BsonWriter& bson) {
  bson.add_text("article", "A-" + std::to_string(item.article));
  bson.add_int32("quantity", item.quantity);
  bson.add_cents("price", item.cents);
}

std::string note_text(std::int32_t seq) {
  return "call before delivery\n\t#" + std::to_string(seq);
}

enum class OrderChange : std::uint8_t { status, city, quantity, push, note };

OrderChange pick_change(const OrderShape::State& state, Random& random) {
  const auto change = static_cast<OrderChange>(random.below(5));
  if (change == OrderChange::push && state.items.size() >= kItemsMax) return OrderChange::quantity;
  return change;
}

}  // namespace

void OrderShape::write_key(std::uint32_t number, BsonWriter& bson) const {
  const std::uint64_t seed_bits = mix_bits(identity_.seed, 1);
  std::array<std::uint8_t, 12> id{};
  for (unsigned i = 0; i < 4; ++i)
    id.at(i) = static_cast<std::uint8_t>(seed_bits >> (8U * i));
  for (unsigned i = 0; i < 2; ++i)
    id.at(4 + i) = static_cast<std::uint8_t>(identity_.writer >> (8 - 8U * i));
  for (unsigned i = 0; i < 4; ++i)
    id.at(8 + i) = static_cast<std::uint8_t>(number >> (24 - 8U * i));
  bson.add_object_id("_id", id);
}

void OrderShape::fill(State& state, const WorkloadMoment& /*moment*/) const {
  Random random(content_random(identity_, state).next());
  state.status = 0;
  state.city = static_cast<std::uint8_t>(random.below(kCities.size()));
  const std::uint32_t count = 1 + random.below(3);
  for (std::uint32_t i = 0; i < count; ++i)
    state.items.push_back(make_item(random));
}

void OrderShape::write_document(const State& state, BsonWriter& bson) const {
  Random random = content_random(identity_, state);
  bson.add_text("status", kOrderStatuses.at(state.status));
  bson.add_date("ordered_at", kWorkloadEpochMs + state.content * 1'000 + random.below(1'000));
  bson.begin_document("customer");
  const std::string_view first = pick_word(kFirstNames, random);
  const std::string_view last = pick_word(kLastNames, random);
  bson.add_text("name", std::string(first) + " " + std::string(last));
  bson.add_text("email", "c" + std::to_string(random.below(1'000'000)) + "@example.com");
  bson.begin_document("address");
  bson.add_text("city", kCities.at(state.city));
  bson.add_text("zip", std::to_string(10'000 + random.below(90'000)));
  bson.end();
  bson.end();
  bson.begin_array("items");
  for (std::size_t i = 0; i < state.items.size(); ++i) {
    bson.begin_document(std::to_string(i));
    write_item_elements(state.items[i], bson);
    bson.end();
  }
  bson.end();
  bson.add_cents("total", total_cents(state));
  bson.add_bool("gift", random.chance(100));
  if (random.chance(700)) {
    bson.add_null("discount");
  } else {
    bson.add_double("discount", random.below(40) / 100.0);
  }
}

void OrderShape::write_tail(const State& state, BsonWriter& bson) const {
  if (state.note != 0) bson.add_text("note", note_text(state.note));
}

void OrderShape::change(State& state,
                        Random& random,
                        const WorkloadMoment& /*moment*/,
                        BsonWriter& bson) const {
  const OrderChange change = pick_change(state, random);
  if (change == OrderChange::push) {
    state.items.push_back(make_item(random));
    bson.begin_document("$push");
    bson.begin_document("items");
    write_item_elements(state.items.back(), bson);
    bson.end();
    bson.end();
  }
  if (change == OrderChange::note && state.note != 0) {
    state.note = 0;
    bson.begin_document("$unset");
    bson.add_text("note", "");
    bson.end();
  } else if (change == OrderChange::note) {
    state.note = state.seq;
  }
  bson.begin_document("$set");
  switch (change) {
    case OrderChange::status:
      state.status = static_cast<std::uint8_t>(random.below(kOrderStatuses.size()));
      bson.add_text("status", kOrderStatuses.at(state.status));
      break;
    case OrderChange::city:
      state.city = static_cast<std::uint8_t>(random.below(kCities.size()));
      bson.add_text("customer.address.city", kCities.at(state.city));
      break;
    case OrderChange::quantity: {
      const std::uint32_t place = random.below(static_cast<std::uint32_t>(state.items.size()));
      state.items[place].quantity = static_cast<std::int32_t>(1 + random.below(99));
      bson.add_int32("items." + std::to_string(place) + ".quantity", state.items[place].quantity);
      bson.add_cents("total", total_cents(state));
      break;
    }
    case OrderChange::push:
      bson.add_cents("total", total_cents(state));
      break;
    case OrderChange::note:
      if (state.note != 0) bson.add_text("note", note_text(state.note));
      break;
  }
  write_new_mark(bson, state);
  bson.end();
}

}  // namespace relay
