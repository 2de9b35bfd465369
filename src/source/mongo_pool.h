// MongoPool: the connection string, made ready, and the driver's clients for it.
//
// Clients come from a pool even for a single thread: the driver's stand-alone clients give up at
// once during an election and stop every minute to look at the servers.
//
// Threads: any. The driver's pool is thread-safe; a client belongs to one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <mongoc/mongoc.h>

#include "core/guarded.h"
#include "core/result.h"
#include "core/secret.h"
#include "source/client_sockets.h"

namespace relay {

struct UriDeleter {
  void operator()(mongoc_uri_t* uri) const { mongoc_uri_destroy(uri); }
};
using UriPointer = std::unique_ptr<mongoc_uri_t, UriDeleter>;

// Gives the client back to its pool.
class ClientReturn {
 public:
  explicit ClientReturn(mongoc_client_pool_t* pool = nullptr) : pool_(pool) {}
  void operator()(mongoc_client_t* client) const { mongoc_client_pool_push(pool_, client); }

 private:
  mongoc_client_pool_t* pool_;
};
using ClientLease = std::unique_ptr<mongoc_client_t, ClientReturn>;

class MongoPool {
 public:
  // config_invalid: not a connection string. Reaches nobody.
  static Result<std::unique_ptr<MongoPool>> make(const Secret& uri,
                                                 std::chrono::milliseconds connect_timeout);
  ~MongoPool();
  MongoPool(const MongoPool&) = delete;
  MongoPool& operator=(const MongoPool&) = delete;

  // Leases must be given back before the pool goes. The first one starts the driver's monitoring
  // (and asks the name service, for mongodb+srv).
  Result<ClientLease> lease(ClientUse use);

  // Its clients' connections, to end what waits on them.
  [[nodiscard]] ClientSockets& sockets() { return sockets_; }

  [[nodiscard]] const mongoc_uri_t& uri() const { return *uri_; }
  // "host:port,host:port", for messages.
  [[nodiscard]] const std::string& hosts() const { return hosts_; }

 private:
  explicit MongoPool(UriPointer uri);

  UriPointer uri_;
  std::string hosts_;
  ClientSockets sockets_;  // Outlives the clients.
  Guarded<mongoc_client_pool_t*> pool_;
};

// The connection string with the settings that the driver's defaults get wrong for this program.
// config_invalid: not a connection string.
Result<UriPointer> parse_uri(const Secret& text, std::chrono::milliseconds connect_timeout);

}  // namespace relay
