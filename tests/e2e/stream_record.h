// What really happened at the source: its change stream, read by the driver's own stream object in
// a thread of its own, from before the first write on, also through restarts of the server.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "e2e/bson.h"
#include "e2e/position_check.h"

namespace relay {

class StreamRecord {
 public:
  // Reading begins before it returns. Throws std::runtime_error.
  StreamRecord(const std::string& uri, const std::string& database, std::string collection);
  ~StreamRecord();
  StreamRecord(const StreamRecord&) = delete;
  StreamRecord& operator=(const StreamRecord&) = delete;

  // Everything up to the insert of {_id: marker} into the collection `markers`. Throws
  // std::runtime_error when it does not come.
  History up_to_marker(std::int64_t marker, std::chrono::seconds limit);

 private:
  struct Stream;
  void read(const std::stop_token& stop);
  void open_again(const std::stop_token& stop);
  void take(const Bson& event);

  std::string uri_;
  std::string database_;
  std::string collection_;
  std::unique_ptr<Stream> stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  History history_;           // Guarded by mutex_.
  std::int64_t marker_ = -1;  // Guarded by mutex_; the highest seen.
  std::string failure_;       // Guarded by mutex_; the last one.
  std::jthread thread_;       // Last: joined first.
};

}  // namespace relay
