// A backlog of changes for bench/run to drain, and the replica set it is made in.
#pragma once

#include <cstdint>
#include <string>

#include <bson/bson.h>

namespace relay {

inline constexpr const char* kBacklogCollection = "events";

// Makes a fresh mongod on 127.0.0.1 a replica set of one. 0 once it is a primary; to be asked again
// until then.
int initiate(const std::string& port);

struct Backlog {
  std::string source_uri;
  std::string database;
  std::uint32_t events = 0;          // A multiple of the reader's batch size; one more is written.
  std::uint32_t document_bytes = 0;  // About.
  double update_share = 0;           // 0 to 1; the rest are inserts.
};

// One of its documents, to be destroyed by the caller.
bson_t* make_document(std::uint32_t id, std::size_t bytes);

// Drops the collection, writes what the updates will find, then, from a whole second on, the
// backlog; prints how many events it has and that second of cluster time. Throws
// std::runtime_error.
int fill(const Backlog& backlog);

}  // namespace relay
