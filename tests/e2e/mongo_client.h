// Writes to and reads from the source, through the driver's own high-level calls: nothing here is
// shared with the relay.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/bson.h"

namespace relay {

// Of one database. One thread. Everything throws std::runtime_error; documents, filters and
// commands are Extended JSON.
class MongoClient {
 public:
  MongoClient(const std::string& uri, std::string database);
  ~MongoClient();
  MongoClient(const MongoClient&) = delete;
  MongoClient& operator=(const MongoClient&) = delete;

  [[nodiscard]] const std::string& database() const { return database_; }

  Bson run(std::string_view command) { return run_on(database_, command); }
  Bson run_on(const std::string& database, std::string_view command);

  void insert(const std::string& collection, std::string_view document);
  // As they are: what a proper driver would refuse to send is sent.
  void insert_raw(const std::string& collection, const std::vector<Bson>& documents);
  // In one transaction, with several commands.
  void insert_in_transaction(const std::string& collection, const std::vector<Bson>& documents);
  void update(const std::string& collection, std::string_view filter, std::string_view change);
  void replace(const std::string& collection, std::string_view filter, std::string_view document);
  void remove(const std::string& collection, std::string_view filter);

  void visit_all(const std::string& collection, const std::function<void(const Bson&)>& visit);
  // nullptr: none.
  std::unique_ptr<Bson> find_one(const std::string& collection, std::string_view filter);

  // Seconds of the server's cluster time, of its last write.
  std::uint32_t server_seconds();

 private:
  struct Client;
  std::unique_ptr<Client> client_;
  std::string database_;
};

}  // namespace relay
