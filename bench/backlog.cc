#include "backlog.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <mongoc/mongoc.h>

namespace relay {
namespace {

constexpr std::uint32_t kCommandDocuments = 2'000;

void run_bulk(mongoc_bulk_operation_t* bulk) {
  bson_error_t error;
  if (mongoc_bulk_operation_execute(bulk, nullptr, &error) == 0)
    throw std::runtime_error(error.message);
  mongoc_bulk_operation_destroy(bulk);
}

// Waits for the next second, since a relay can only be told to begin at a whole one. The server's
// clock is ours. Returns it.
std::uint32_t wait_for_whole_second() {
  const auto next = std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now() +
                                                            std::chrono::milliseconds(100));
  std::this_thread::sleep_until(next);
  return static_cast<std::uint32_t>(next.time_since_epoch().count());
}

// What was written goes to the server's files now, not beside what is measured next.
void flush_server(mongoc_client_t* client) {
  bson_t fsync = BSON_INITIALIZER;
  BSON_APPEND_INT32(&fsync, "fsync", 1);
  mongoc_client_command_simple(client, "admin", &fsync, nullptr, nullptr, nullptr);
  bson_destroy(&fsync);
}

}  // namespace

bson_t* make_document(std::uint32_t id, std::size_t bytes) {
  std::string text(bytes > 170 ? bytes - 170 : 1, ' ');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>('a' + (id * 7U + i * 13U) % 26U);
  return BCON_NEW("_id",
                  BCON_INT32(static_cast<std::int32_t>(id)),
                  "customer",
                  BCON_INT64(id * 31),
                  "total",
                  BCON_DOUBLE(id * 0.25),
                  "paid",
                  BCON_BOOL(id % 2 == 0),
                  "address",
                  "{",
                  "city",
                  BCON_UTF8("Bern"),
                  "zip",
                  BCON_INT32(3'000),
                  "}",
                  "tags",
                  "[",
                  BCON_UTF8("new"),
                  BCON_INT32(7),
                  "]",
                  "when",
                  BCON_DATE_TIME(1'700'000'000'000 + id),
                  "text",
                  BCON_UTF8(text.c_str()));
}

int initiate(const std::string& port) {
  const std::string uri =
      "mongodb://127.0.0.1:" + port + "/?directConnection=true&serverSelectionTimeoutMS=2000";
  mongoc_client_t* client = mongoc_client_new(uri.c_str());
  const std::string host = "127.0.0.1:" + port;
  bson_t* start = BCON_NEW("replSetInitiate",
                           "{",
                           "_id",
                           BCON_UTF8("rs0"),
                           "members",
                           "[",
                           "{",
                           "_id",
                           BCON_INT32(0),
                           "host",
                           BCON_UTF8(host.c_str()),
                           "}",
                           "]",
                           "}");
  mongoc_client_command_simple(
      client, "admin", start, nullptr, nullptr, nullptr);  // Again: refused, harmless.
  bson_t hello = BSON_INITIALIZER;
  BSON_APPEND_INT32(&hello, "hello", 1);
  bson_t reply;
  bson_iter_t iter;
  const bool is_primary =
      mongoc_client_command_simple(client, "admin", &hello, nullptr, &reply, nullptr) &&
      bson_iter_init_find(&iter, &reply, "isWritablePrimary") && bson_iter_bool(&iter);
  bson_destroy(&reply);
  bson_destroy(start);
  mongoc_client_destroy(client);
  return is_primary ? 0 : 1;
}

int fill(const Backlog& backlog) {
  mongoc_client_t* client = mongoc_client_new(backlog.source_uri.c_str());
  mongoc_collection_t* collection =
      mongoc_client_get_collection(client, backlog.database.c_str(), kBacklogCollection);
  mongoc_collection_drop(collection, nullptr);
  const std::uint32_t events = backlog.events;
  const double share = backlog.update_share;
  const auto updates = static_cast<std::uint32_t>(events * share);
  const std::uint32_t bytes = backlog.document_bytes;
  std::uint32_t id = 0;
  const auto insert = [&](std::uint32_t count) {
    for (const std::uint32_t end = id + count; id < end;) {
      mongoc_bulk_operation_t* bulk =
          mongoc_collection_create_bulk_operation_with_opts(collection, nullptr);
      for (std::uint32_t i = 0; i < kCommandDocuments && id < end; ++i) {
        bson_t* document = make_document(id++, bytes);
        mongoc_bulk_operation_insert(bulk, document);
        bson_destroy(document);
      }
      run_bulk(bulk);
    }
  };
  insert(updates > 0 ? updates : 1);  // What the updates find; before the backlog begins.
  const std::uint32_t start = wait_for_whole_second();
  for (std::uint32_t done = 0, changed = 0; done < events;) {
    const std::uint32_t count = std::min<std::uint32_t>(events - done, kCommandDocuments);
    const auto to_change = static_cast<std::uint32_t>(count * share);
    insert(count - to_change);
    if (to_change > 0) {
      mongoc_bulk_operation_t* bulk =
          mongoc_collection_create_bulk_operation_with_opts(collection, nullptr);
      for (std::uint32_t i = 0; i < to_change; ++i, ++changed) {
        bson_t* selector =
            BCON_NEW("_id", BCON_INT32(static_cast<std::int32_t>(changed * 7'919U % updates)));
        bson_t* change = BCON_NEW("$set", "{", "total", BCON_DOUBLE(changed + 0.5), "}");
        mongoc_bulk_operation_update_one(bulk, selector, change, false);
        bson_destroy(selector);
        bson_destroy(change);
      }
      run_bulk(bulk);
    }
    done += count;
  }
  // One more, so that the last reply is not full: behind a full one a reader would have to ask
  // again, and wait for nothing.
  insert(1);
  flush_server(client);
  std::printf("{\"what\": \"fill\", \"count\": %u, \"seconds\": %u}\n", events + 1, start);
  mongoc_collection_destroy(collection);
  mongoc_client_destroy(client);
  return 0;
}

}  // namespace relay
