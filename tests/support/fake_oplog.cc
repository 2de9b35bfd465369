#include "support/fake_oplog.h"

#include <cstdio>

namespace relay {
namespace {

// Ends a token that is not an event's.
constexpr char kHighWater = 'H';

std::string token_of(std::size_t index) {
  char text[32];
  std::snprintf(text, sizeof text, "82%010zu", index);
  return text;
}

}  // namespace

void FakeOplog::write(const std::string& collection, int key, OperationType wish, int transaction) {
  const auto at = std::pair(collection, key);
  const bool exists = documents_.contains(at);
  if (!this->exists(collection)) {
    collections_.insert(collection);
    if (tells_creates) add_event(OperationType::create, collection);
  }
  FakeEvent event;
  event.operation = !exists                         ? OperationType::insert
                    : wish == OperationType::insert ? OperationType::update
                                                    : wish;
  event.collection = collection;
  event.key = key;
  event.seq = ++seq_;
  event.transaction = transaction;
  const bool is_continued =
      transaction != 0 && !events_.empty() && events_.back().transaction == transaction;
  if (!is_continued) ++time_;
  event.time = time();
  event.token = token_of(events_.size());
  if (event.operation == OperationType::delete_) {
    documents_.erase(at);
  } else {
    documents_[at] = seq_;
    versions_[seq_] = at;
  }
  events_.push_back(std::move(event));
}

void FakeOplog::add_event(OperationType operation, const std::string& collection) {
  FakeEvent event;
  event.operation = operation;
  event.collection = collection;
  event.seq = seq_;
  ++time_;
  event.time = time();
  event.token = token_of(events_.size());
  events_.push_back(std::move(event));
}

void FakeOplog::drop(const std::string& collection) {
  if (collections_.erase(collection) == 0) return;
  std::erase_if(documents_, [&](const auto& entry) { return entry.first.first == collection; });
  add_event(OperationType::drop, collection);
}

void FakeOplog::replace(const std::string& collection, const std::vector<int>& keys) {
  collections_.insert(collection);
  std::erase_if(documents_, [&](const auto& entry) { return entry.first.first == collection; });
  for (const int key : keys)
    put(collection, key);
  add_event(OperationType::rename, collection);
}

void FakeOplog::put_silently(const std::string& collection, int key) {
  collections_.insert(collection);
  put(collection, key);
}

void FakeOplog::put(const std::string& collection, int key) {
  documents_[{collection, key}] = ++seq_;
  versions_[seq_] = {collection, key};
}

std::optional<int> FakeOplog::document(const std::string& collection, int key) const {
  const auto found = documents_.find({collection, key});
  return found == documents_.end() ? std::nullopt : std::optional(found->second);
}

Position FakeOplog::position_after(std::size_t count) const {
  if (count == 0) return {"82-", {kSecondsFirst, 1}};
  return {events_[count - 1].token, events_[count - 1].time};
}

Position FakeOplog::position_at(ClusterTime time) const {
  Position position = position_after(index_at(time));
  if (position.cluster_time < time) position = {position.token + kHighWater, time};
  return position;
}

std::size_t FakeOplog::index_after(const Position& position) const {
  const std::string_view token = std::string_view(position.token);
  const std::string_view event = token.substr(0, token.find(kHighWater));
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].token == event) return i + 1;
  }
  return 0;
}

std::size_t FakeOplog::index_at(ClusterTime time) const {
  std::size_t i = 0;
  while (i < events_.size() && events_[i].time < time)
    ++i;
  return i;
}

}  // namespace relay
