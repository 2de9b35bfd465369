// FakeOplog: what a source has lived through: a list of events, and the documents they led to.
// Its oldest events may be lost, and collections may go and come.
//
// Documents are {_id: int32, seq: int32}; seq grows with every write, so a row says which write it
// shows. Later ones now and then have a field more, extra: int32, with the value of seq.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/change_event.h"
#include "core/position.h"

namespace relay {

inline bool has_extra_field(int seq) {
  return seq > 40 && seq % 3 == 0;
}

struct FakeEvent {
  OperationType operation = OperationType::insert;
  std::string collection;
  int key = 0;
  int seq = 0;  // Of the document after the event; of a delete: of the delete itself.
  ClusterTime time;
  std::string token;
  int transaction = 0;    // 0: none.
  bool is_large = false;  // Too large to be sent as it is.
  bool is_huge = false;   // And cannot be split either.
};

class FakeOplog {
 public:
  static constexpr const char* kDatabase = "shop";

  // One write that fits the document's state: insert when it is missing, else update, replace or
  // delete. Writes with the same `transaction` (not 0) share their cluster time.
  void write(const std::string& collection, int key, OperationType wish, int transaction = 0);

  // The collection goes with its documents. Nothing happens when it does not exist.
  void drop(const std::string& collection);
  // Other documents stand under the name afterwards, as after $out: one rename, no inserts.
  void replace(const std::string& collection, const std::vector<int>& keys);
  // A document that was there before the first event that anybody can read.
  void put_silently(const std::string& collection, int key);
  bool tells_creates = false;  // As servers from 6.0 do.

  // The last event cannot be sent as it is.
  void enlarge_last() { events_.back().is_large = true; }
  // Nor in fragments.
  void make_last_huge() { events_.back().is_large = events_.back().is_huge = true; }

  // The events so far cannot be read any more.
  void lose_history() { first_kept_ = events_.size(); }

  // Its documents stay, every position is lost, and its clock begins anew.
  void restore() {
    time_ = 1;
    add_event(OperationType::create, "restored");
    lose_history();
  }

  [[nodiscard]] std::size_t first_kept() const { return first_kept_; }
  [[nodiscard]] bool exists(const std::string& collection) const {
    return collections_.contains(collection);
  }
  [[nodiscard]] const std::set<std::string>& collections() const { return collections_; }
  [[nodiscard]] const std::vector<FakeEvent>& events() const { return events_; }
  // seq of the document; nullopt: it does not exist.
  [[nodiscard]] std::optional<int> document(const std::string& collection, int key) const;
  // Whether the document has ever looked like that.
  [[nodiscard]] bool has_been(const std::string& collection, int key, int seq) const {
    const auto found = versions_.find(seq);
    return found != versions_.end() && found->second == std::pair(collection, key);
  }
  [[nodiscard]] const std::map<std::pair<std::string, int>, int>& documents() const {
    return documents_;
  }
  [[nodiscard]] ClusterTime time() const {
    return {kSecondsFirst, static_cast<std::uint32_t>(time_)};
  }

  // Index of the first event behind the position.
  [[nodiscard]] std::size_t index_after(const Position& position) const;
  // Index of the first event not older than the time.
  [[nodiscard]] std::size_t index_at(ClusterTime time) const;
  // Behind the first `count` events.
  [[nodiscard]] Position position_after(std::size_t count) const;
  // Before the first event not older than the time, and not older than the time itself: what a
  // server says of a stream that was opened at a time.
  [[nodiscard]] Position position_at(ClusterTime time) const;

 private:
  static constexpr std::uint32_t kSecondsFirst = 1'700'000'000;

  void add_event(OperationType operation, const std::string& collection);
  void put(const std::string& collection, int key);

  std::vector<FakeEvent> events_;
  std::size_t first_kept_ = 0;
  std::set<std::string> collections_;
  std::map<std::pair<std::string, int>, int> documents_;
  std::map<int, std::pair<std::string, int>> versions_;  // By seq.
  std::uint64_t time_ = 1;
  int seq_ = 0;
};

}  // namespace relay
