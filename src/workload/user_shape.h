// UserShape: people, whose documents gain a field in the second half of the run: new ones have it
// from the start, old ones get it with an update.
#pragma once

#include <cstdint>

#include "workload/document_state.h"

namespace relay {

class UserShape {
 public:
  struct State : DocumentState {
    std::int64_t points = 0;
    std::uint8_t city = 0;
    std::uint8_t last_name = 0;
    std::int32_t tags_seq = 0;          // The seq at which the tags were set anew. 0: as made.
    std::int64_t newsletter_since = 0;  // A stamp. 0: the field is not there.
  };

  explicit UserShape(const WriterIdentity& identity) : identity_(identity) {}

  // A UUID, of the form of version 4.
  void write_key(std::uint32_t number, BsonWriter& bson) const;
  void fill(State& state, const WorkloadMoment& moment) const;
  void write_document(const State& state, BsonWriter& bson) const;
  void write_tail(const State& state, BsonWriter& bson) const;
  void change(State& state, Random& random, const WorkloadMoment& moment, BsonWriter& bson) const;

 private:
  void write_newsletter(const State& state, BsonWriter& bson) const;
  void write_tags(const State& state, BsonWriter& bson) const;

  WriterIdentity identity_;
};

}  // namespace relay
