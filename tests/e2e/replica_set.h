// A replica set of three real mongods that vote within two seconds, small in memory.
//
// One thread; throws std::runtime_error.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "e2e/mongo_client.h"
#include "support/mongo_server.h"

namespace relay {

class ReplicaSet {
 public:
  static constexpr std::size_t kMembers = 3;

  // Returns when it has a primary.
  ReplicaSet();

  // Of all members; `options` as in "&w=majority".
  [[nodiscard]] std::string uri(const std::string& options = "") const;

  // Index of the member that takes writes; kMembers: none does.
  [[nodiscard]] std::size_t primary();
  // Waits for one that is not `old`.
  std::size_t wait_for_primary(std::size_t old = kMembers);

  // The member gives its office up and stays.
  void step_down(std::size_t member);
  void kill(std::size_t member) { servers_.at(member)->kill(); }
  void start(std::size_t member) { servers_.at(member)->start(); }

 private:
  [[nodiscard]] std::string host(std::size_t member) const;
  [[nodiscard]] std::string direct_uri(std::size_t member) const;
  void initiate();

  std::array<std::unique_ptr<MongoServer>, kMembers> servers_;
};

}  // namespace relay
