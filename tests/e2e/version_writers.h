// Writers that never agree to stop: threads that insert, update, replace, delete and insert again
// the same keys, each version with a sequence number.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "e2e/mongo_client.h"

namespace relay {

struct WriterPlan {
  std::string uri;
  std::string database;
  std::string collection;
  int writer_count = 3;
  int keys_each = 150;
  bool is_full = false;  // The collection has all keys when the writers begin.
  std::uint64_t seed = 0;
};

// From construction to stop(). A write that fails is looked at when the server is back: whether it
// took place or not, the writer goes on from there.
class VersionWriters {
 public:
  explicit VersionWriters(const WriterPlan& plan);

  // Returns when the last write is over.
  void stop();
  [[nodiscard]] std::uint64_t write_count() const { return write_count_; }
  [[nodiscard]] std::uint64_t failure_count() const { return failure_count_; }

 private:
  class Writer;

  std::atomic<std::uint64_t> write_count_ = 0;
  std::atomic<std::uint64_t> failure_count_ = 0;
  std::vector<std::jthread> threads_;
};

// A field of every version, made of key and sequence number: a row that mixes two versions shows.
std::string version_text(std::int64_t key, std::int64_t sequence);

}  // namespace relay
