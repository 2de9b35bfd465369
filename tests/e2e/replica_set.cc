#include "e2e/replica_set.h"

#include <stdexcept>

#include "e2e/relay_process.h"
#include "support/wait_until.h"

namespace relay {

ReplicaSet::ReplicaSet() {
  for (std::unique_ptr<MongoServer>& server : servers_) {
    MongoServer::Options options;
    options.is_member = true;
    options.extra_args = {"--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128"};
    server = std::make_unique<MongoServer>(std::move(options));
  }
  initiate();
  wait_for_primary();
}

void ReplicaSet::initiate() {
  std::string members;
  for (std::size_t i = 0; i < kMembers; ++i) {
    members += members.empty() ? "" : ", ";
    members += R"({"_id": )" + std::to_string(i) + R"(, "host": ")" + host(i) + "\"}";
  }
  MongoClient(direct_uri(0), "admin")
      .run(R"({"replSetInitiate": {"_id": "rs0", "members": [)" + members +
           R"(], "settings": {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}}})");
}

std::string ReplicaSet::host(std::size_t member) const {
  return "127.0.0.1:" + std::to_string(servers_.at(member)->port());
}

std::string ReplicaSet::direct_uri(std::size_t member) const {
  return "mongodb://" + host(member) +
         "/?directConnection=true&connectTimeoutMS=1000&serverSelectionTimeoutMS=1000";
}

std::string ReplicaSet::uri(const std::string& options) const {
  std::string hosts;
  for (std::size_t i = 0; i < kMembers; ++i)
    hosts += (hosts.empty() ? "" : ",") + host(i);
  return "mongodb://" + hosts + "/?replicaSet=rs0" + options;
}

std::size_t ReplicaSet::primary() {
  for (std::size_t i = 0; i < kMembers; ++i) {
    try {
      const Bson hello = MongoClient(direct_uri(i), "admin").run(R"({"hello": 1})");
      bson_iter_t at;
      if (hello.find("isWritablePrimary", at) && bson_iter_as_bool(&at)) return i;
    } catch (const std::runtime_error&) {
      continue;  // Killed.
    }
  }
  return kMembers;
}

std::size_t ReplicaSet::wait_for_primary(std::size_t old) {
  std::size_t found = kMembers;
  const bool is_found = wait_until(kPatience, [&] {
    found = primary();
    return found != kMembers && found != old;
  });
  if (!is_found) throw std::runtime_error("the replica set has no new primary");
  return found;
}

void ReplicaSet::step_down(std::size_t member) {
  MongoClient(direct_uri(member), "admin")
      .run(R"({"replSetStepDown": 30, "secondaryCatchUpPeriodSecs": 10})");
}

}  // namespace relay
