#include "e2e/mongo_client.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include <mongoc/mongoc.h>

namespace relay {
namespace {

constexpr std::ptrdiff_t kTransactionCommandMax = 100;  // Documents of one insert.

struct CollectionDeleter {
  void operator()(mongoc_collection_t* collection) const { mongoc_collection_destroy(collection); }
};
struct CursorDeleter {
  void operator()(mongoc_cursor_t* cursor) const { mongoc_cursor_destroy(cursor); }
};
struct BulkDeleter {
  void operator()(mongoc_bulk_operation_t* bulk) const { mongoc_bulk_operation_destroy(bulk); }
};
struct SessionDeleter {
  void operator()(mongoc_client_session_t* session) const {
    mongoc_client_session_destroy(session);
  }
};
using Collection = std::unique_ptr<mongoc_collection_t, CollectionDeleter>;
using Cursor = std::unique_ptr<mongoc_cursor_t, CursorDeleter>;

void check(bool is_ok, const char* doing, const bson_error_t& error) {
  if (!is_ok) throw std::runtime_error(std::string(doing) + ": " + error.message);
}

// As bulk operations, since a list of the driver's documents is not at home in a std::vector: their
// type asks for an alignment.
void insert_all(mongoc_collection_t* collection,
                const std::vector<Bson>& documents,
                const Bson& options) {
  const Bson unchecked(R"({"validate": false})");
  const std::unique_ptr<mongoc_bulk_operation_t, BulkDeleter> bulk(
      mongoc_collection_create_bulk_operation_with_opts(collection, options.get()));
  bson_error_t error;
  for (const Bson& document : documents) {
    check(
        mongoc_bulk_operation_insert_with_opts(bulk.get(), document.get(), unchecked.get(), &error),
        "insert",
        error);
  }
  check(mongoc_bulk_operation_execute(bulk.get(), nullptr, &error) != 0, "insert", error);
}

}  // namespace

struct MongoClient::Client {
  explicit Client(const std::string& uri) {
    static const bool is_started = [] {
      mongoc_init();
      // Its warnings come back as errors; what remains is about servers that a test has killed.
      mongoc_log_set_handler(nullptr, nullptr);
      return true;
    }();
    static_cast<void>(is_started);
    handle = mongoc_client_new(uri.c_str());
    if (handle == nullptr) throw std::runtime_error("not a MongoDB URI");
    mongoc_client_set_error_api(handle, MONGOC_ERROR_API_VERSION_2);
  }
  ~Client() { mongoc_client_destroy(handle); }

  [[nodiscard]] Collection collection(const std::string& database, const std::string& name) const {
    return Collection(mongoc_client_get_collection(handle, database.c_str(), name.c_str()));
  }

  mongoc_client_t* handle = nullptr;
};

MongoClient::MongoClient(const std::string& uri, std::string database)
    : client_(std::make_unique<Client>(uri)), database_(std::move(database)) {}

MongoClient::~MongoClient() = default;

Bson MongoClient::run_on(const std::string& database, std::string_view command) {
  const Bson body(command);
  bson_t reply;
  bson_error_t error;
  const bool is_ok = mongoc_client_command_simple(
      client_->handle, database.c_str(), body.get(), nullptr, &reply, &error);
  Bson copy = Bson::copy_of(reply);
  bson_destroy(&reply);
  check(is_ok, "command", error);
  return copy;
}

void MongoClient::insert(const std::string& collection, std::string_view document) {
  bson_error_t error;
  check(mongoc_collection_insert_one(client_->collection(database_, collection).get(),
                                     Bson(document).get(),
                                     nullptr,
                                     nullptr,
                                     &error),
        "insert",
        error);
}

void MongoClient::insert_raw(const std::string& collection, const std::vector<Bson>& documents) {
  insert_all(client_->collection(database_, collection).get(), documents, {});
}

void MongoClient::insert_in_transaction(const std::string& collection,
                                        const std::vector<Bson>& documents) {
  bson_error_t error;
  const std::unique_ptr<mongoc_client_session_t, SessionDeleter> session(
      mongoc_client_start_session(client_->handle, nullptr, &error));
  check(session != nullptr, "start a session", error);
  check(mongoc_client_session_start_transaction(session.get(), nullptr, &error), "begin", error);
  Bson options;
  check(mongoc_client_session_append(session.get(), options.get(), &error), "session", error);
  const Collection to = client_->collection(database_, collection);
  for (auto at = documents.begin(); at != documents.end();) {
    const auto end = at + std::min(kTransactionCommandMax, documents.end() - at);
    insert_all(to.get(), {at, end}, options);
    at = end;
  }
  check(mongoc_client_session_commit_transaction(session.get(), nullptr, &error), "commit", error);
}

void MongoClient::update(const std::string& collection,
                         std::string_view filter,
                         std::string_view change) {
  bson_error_t error;
  check(mongoc_collection_update_many(client_->collection(database_, collection).get(),
                                      Bson(filter).get(),
                                      Bson(change).get(),
                                      nullptr,
                                      nullptr,
                                      &error),
        "update",
        error);
}

void MongoClient::replace(const std::string& collection,
                          std::string_view filter,
                          std::string_view document) {
  bson_error_t error;
  check(mongoc_collection_replace_one(client_->collection(database_, collection).get(),
                                      Bson(filter).get(),
                                      Bson(document).get(),
                                      nullptr,
                                      nullptr,
                                      &error),
        "replace",
        error);
}

void MongoClient::remove(const std::string& collection, std::string_view filter) {
  bson_error_t error;
  check(mongoc_collection_delete_many(client_->collection(database_, collection).get(),
                                      Bson(filter).get(),
                                      nullptr,
                                      nullptr,
                                      &error),
        "delete",
        error);
}

void MongoClient::visit_all(const std::string& collection,
                            const std::function<void(const Bson&)>& visit) {
  const Collection from = client_->collection(database_, collection);
  const Bson everything;
  const Cursor cursor(
      mongoc_collection_find_with_opts(from.get(), everything.get(), nullptr, nullptr));
  const bson_t* document = nullptr;
  while (mongoc_cursor_next(cursor.get(), &document))
    visit(Bson::copy_of(*document));
  bson_error_t error;
  check(!mongoc_cursor_error(cursor.get(), &error), "find", error);
}

std::unique_ptr<Bson> MongoClient::find_one(const std::string& collection,
                                            std::string_view filter) {
  const Collection from = client_->collection(database_, collection);
  const Cursor cursor(
      mongoc_collection_find_with_opts(from.get(), Bson(filter).get(), nullptr, nullptr));
  const bson_t* document = nullptr;
  if (mongoc_cursor_next(cursor.get(), &document)) {
    return std::make_unique<Bson>(Bson::copy_of(*document));
  }
  bson_error_t error;
  check(!mongoc_cursor_error(cursor.get(), &error), "find", error);
  return nullptr;
}

std::uint32_t MongoClient::server_seconds() {
  const Bson reply = run_on("admin", R"({"ping": 1})");
  bson_iter_t at;
  if (!reply.find("operationTime", at)) throw std::runtime_error("no operationTime");
  std::uint32_t seconds = 0;
  std::uint32_t increment = 0;
  bson_iter_timestamp(&at, &seconds, &increment);
  return seconds;
}

}  // namespace relay
