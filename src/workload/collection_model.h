// CollectionModel: the documents of one writer in one collection, and the operations that lead to
// them.
//
// The model is what the collection must hold after the operations it gave out; nothing is ever read
// back. A Shape says what the documents look like:
//
//   struct State : DocumentState           what was changed since the document got its content
//   Shape(identity)
//   write_key(number, bson)                one element: _id
//   fill(state, moment)                    new content, from state.content
//   write_document(state, bson)            all elements after the mark, except the pad and what
//   follows it write_tail(state, bson)                elements that an update may have added: they
//   stand last change(state, random, moment, bson)    changes the state; writes the operators of
//   the update
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workload/digest.h"
#include "workload/document_state.h"
#include "workload/key_list.h"
#include "workload/workload_write.h"

namespace relay {

// What becomes of a document after its insert.
enum class AfterInsert : std::uint8_t {
  may_change,
  stays,  // Nobody touches it again, so the model forgets it and keeps its digest.
};

template <class Shape>
class CollectionModel {
 public:
  CollectionModel(const WriterIdentity& identity,
                  std::uint32_t collection,
                  std::uint32_t document_bytes,
                  AfterInsert after_insert)
      : identity_(identity),
        shape_(identity),
        collection_(collection),
        document_bytes_(document_bytes),
        after_insert_(after_insert) {}

  [[nodiscard]] bool is_empty() const { return keys_.live().empty(); }
  // Documents inserted with a new key so far.
  [[nodiscard]] std::uint32_t key_count() const { return key_count_; }

  // A new key, or now and then one that was deleted.
  void insert(Random& random, const WorkloadMoment& moment, WorkloadWrite& write) {
    if (after_insert_ == AfterInsert::stays) {
      State state;
      renew(key_count_, state, moment, write);
      kept_.add(write.body);
      ++key_count_;
    } else if (keys_.has_dead() && random.chance(kReviveShare)) {
      const std::uint32_t number = keys_.revive(random);
      renew(number, states_[number], moment, write);
    } else {
      states_.emplace_back();
      keys_.add(key_count_);
      renew(key_count_, states_.back(), moment, write);
      ++key_count_;
    }
    write.operation = OperationType::insert;
  }

  void replace(Random& random, const WorkloadMoment& moment, WorkloadWrite& write) {
    const std::uint32_t number = keys_.pick(random);
    renew(number, states_[number], moment, write);
    write.operation = OperationType::replace;
  }

  void update(Random& random, const WorkloadMoment& moment, WorkloadWrite& write) {
    const std::uint32_t number = keys_.pick(random);
    State& state = states_[number];
    begin(number, write);
    write.operation = OperationType::update;
    ++state.seq;
    state.stamp = moment.stamp;
    BsonWriter bson(write.body);
    bson.begin_document();
    shape_.change(state, random, moment, bson);
    bson.end();
  }

  void remove(Random& random, WorkloadWrite& write) {
    const std::uint32_t number = keys_.remove(random);
    begin(number, write);
    write.operation = OperationType::delete_;
    ++states_[number].seq;
  }

  [[nodiscard]] Digest digest() const {
    Digest sum = kept_;
    std::string document;
    for (const std::uint32_t number : keys_.live()) {
      document.clear();
      render(number, states_[number], document);
      sum.add(document);
    }
    return sum;
  }

 private:
  using State = typename Shape::State;
  static constexpr std::uint32_t kReviveShare =
      250;  // Per mille of the inserts, when a key is dead.

  void begin(std::uint32_t number, WorkloadWrite& write) const {
    write.collection = collection_;
    write.key.clear();
    write.body.clear();
    BsonWriter bson(write.key);
    bson.begin_document();
    shape_.write_key(number, bson);
    bson.end();
  }

  void renew(std::uint32_t number,
             State& state,
             const WorkloadMoment& moment,
             WorkloadWrite& write) {
    const std::int32_t seq = state.seq + 1;
    state = State{};
    state.seq = seq;
    state.stamp = moment.stamp;
    state.content = moment.stamp;
    shape_.fill(state, moment);
    begin(number, write);
    render(number, state, write.body);
    if (write.body.size() < document_bytes_) {
      const auto missing = static_cast<std::uint32_t>(document_bytes_ - write.body.size());
      state.has_pad = true;
      state.pad_bytes = missing > kPadBytesMin ? missing - kPadBytesMin : 0;
      write.body.clear();
      render(number, state, write.body);
    }
  }

  void render(std::uint32_t number, const State& state, std::string& out) const {
    BsonWriter bson(out);
    bson.begin_document();
    shape_.write_key(number, bson);
    write_mark(bson, identity_, state);
    shape_.write_document(state, bson);
    write_pad(bson, identity_, state);
    shape_.write_tail(state, bson);
    bson.end();
  }

  WriterIdentity identity_;
  Shape shape_;
  std::uint32_t collection_;
  std::uint32_t document_bytes_;
  AfterInsert after_insert_;
  std::uint32_t key_count_ = 0;
  std::vector<State> states_;  // By number; those of deleted documents keep their seq.
  KeyList keys_;
  Digest kept_;  // Of documents that stay.
};

}  // namespace relay
