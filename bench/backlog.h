// A backlog of changes for bench/run to drain, and the replica set it is made in.
#pragma once

#include <cstdint>
#include <string>

namespace relay {

inline constexpr const char* kBacklogCollection = "events";

// Makes a fresh mongod on 127.0.0.1 a replica set of one. 0 once it is a primary; to be asked again
// until then.
int initiate(const std::string& port);

struct Backlog {
  std::string source_uri;
  std::string database;
  std::uint32_t events = 0;
  std::uint32_t document_bytes = 0;  // About.
  double update_share = 0;           // 0 to 1; the rest are inserts.
};

// Drops the collection, writes the backlog and prints how many events it has and the cluster time
// at which it begins. Throws std::runtime_error.
int fill(const Backlog& backlog);

}  // namespace relay
