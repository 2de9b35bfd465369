// OrderShape: nested documents: a customer with an address, an array of items, decimal totals,
// dates.
#pragma once

#include <cstdint>
#include <vector>

#include "workload/document_state.h"

namespace relay {

class OrderShape {
 public:
  struct Item {
    std::uint32_t article = 0;
    std::int32_t quantity = 0;
    std::uint32_t cents = 0;  // Of one piece.
  };

  struct State : DocumentState {
    std::vector<Item> items;
    std::uint8_t status = 0;
    std::uint8_t city = 0;
    std::int32_t note = 0;  // The seq at which the note was written. 0: there is none.
  };

  explicit OrderShape(const WriterIdentity& identity) : identity_(identity) {}

  // An ObjectId: 4 bytes from the seed, 2 of the writer, 6 of the number.
  void write_key(std::uint32_t number, BsonWriter& bson) const;
  void fill(State& state, const WorkloadMoment& moment) const;
  void write_document(const State& state, BsonWriter& bson) const;
  void write_tail(const State& state, BsonWriter& bson) const;
  void change(State& state, Random& random, const WorkloadMoment& moment, BsonWriter& bson) const;

 private:
  WriterIdentity identity_;
};

}  // namespace relay
