// WorkloadPool, WorkloadConnection: the workload's way to MongoDB. For this folder only.
//
// A connection has one session, and its writes carry a number in it: the server carries out a write
// of the same session and number once, however often it is sent (a retryable write). That is what
// keeps the model right when an answer is lost, also for operators that would act twice, as $push
// does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mongoc/mongoc.h>

#include "core/result.h"
#include "core/secret.h"
#include "source/mongo_pool.h"
#include "workload/digest.h"

namespace relay {

class WorkloadPool {
 public:
  // config_invalid: not a connection string. Reaches nobody.
  static Result<std::unique_ptr<WorkloadPool>> make(const Secret& uri, std::uint32_t client_count);

  // For one thread; given back before the pool goes. There are `client_count`.
  ClientLease lease();
  [[nodiscard]] const mongoc_uri_t& uri() const { return *uri_; }

 private:
  struct PoolDeleter {
    void operator()(mongoc_client_pool_t* pool) const { mongoc_client_pool_destroy(pool); }
  };

  WorkloadPool(UriPointer uri, mongoc_client_pool_t* pool) : uri_(std::move(uri)), pool_(pool) {}

  UriPointer uri_;
  std::unique_ptr<mongoc_client_pool_t, PoolDeleter> pool_;
};

// The answer to a write command that was carried out, perhaps in part.
struct WriteReply {
  std::int64_t count = 0;             // Documents inserted, matched or deleted.
  std::int64_t write_error_code = 0;  // Of the first statement that failed; 0: none did.
};

class WorkloadConnection {
 public:
  // Waits at most kSelectionTimeout for a primary. source_unavailable: none yet. source_refused:
  // what is there can never be one. `pool` outlives the connection.
  static Result<std::unique_ptr<WorkloadConnection>> open(WorkloadPool& pool, std::string database);

  // source_unavailable: carried out or not, or not by a majority yet; send the same bytes again.
  Result<WriteReply> write(std::string_view command);

  Result<bool> has_documents(const std::string& collection);
  Status drop(const std::string& collection);

  // Of all documents that a majority holds, or only those of one run.
  Result<Digest> scan(const std::string& collection, std::optional<std::uint64_t> run);

 private:
  struct SessionDeleter {
    void operator()(mongoc_client_session_t* session) const {
      mongoc_client_session_destroy(session);
    }
  };

  WorkloadConnection(ClientLease client, std::string database)
      : client_(std::move(client)), database_(std::move(database)) {}
  Status check_server(const mongoc_uri_t& uri);

  ClientLease client_;
  std::string database_;
  std::unique_ptr<mongoc_client_session_t, SessionDeleter> session_;  // Goes before its client.
};

}  // namespace relay
