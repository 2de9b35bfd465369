#include "source/collection_list.h"

#include <optional>
#include <utility>

#include "source/cursor_reply.h"

namespace relay {

namespace {

constexpr std::string_view kDoing = "list the collections";

std::string find_text(RawDocument document, const char* field) {
  bson_iter_t at;
  if (!find_field(document, field, at) || !BSON_ITER_HOLDS_UTF8(&at)) return {};
  std::uint32_t length = 0;
  const char* text = bson_iter_utf8(&at, &length);
  return {text, length};
}

Error malformed() {
  return {ErrorKind::bad_document, std::string(kDoing) + ": the reply is not understood", ""};
}

Result<std::vector<std::string>> list_databases(MongoConnection& connection) {
  BsonDocument command;
  command.add_int32("listDatabases", 1).add_bool("nameOnly", true);
  const Result<RawBuffer> reply = connection.run(
      {.phase = SourcePhase::inspect, .doing = kDoing, .database = "admin", .body = command});
  if (!reply.ok()) return reply.error();
  bson_iter_t at;
  if (!find_field(reply.value().view(), "databases", at) || !BSON_ITER_HOLDS_ARRAY(&at)) {
    return malformed();
  }
  std::uint32_t length = 0;
  const std::uint8_t* bytes = nullptr;
  bson_iter_array(&at, &length, &bytes);
  std::vector<std::string> names;
  std::size_t offset = 0;
  while (const std::optional<RawDocument> entry = next_document({bytes, length}, offset)) {
    names.push_back(find_text(*entry, "name"));
  }
  return names;
}

CollectionKind to_kind(std::string_view type) {
  if (type == "view") return CollectionKind::view;
  if (type == "timeseries") return CollectionKind::time_series;
  return CollectionKind::collection;
}

Status list_one(MongoConnection& connection,
                const std::string& database,
                std::vector<CollectionInfo>& collections) {
  BsonDocument command;
  command.add_int32("listCollections", 1);
  command.add_bool("nameOnly", true).add_bool("authorizedCollections", true);
  while (true) {
    const Result<RawBuffer> bytes = connection.run(
        {.phase = SourcePhase::inspect, .doing = kDoing, .database = database, .body = command});
    if (!bytes.ok()) return bytes.error();
    const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
    if (!reply) return malformed();
    std::size_t offset = 0;
    while (const std::optional<RawDocument> entry = next_document(reply->documents, offset)) {
      collections.push_back(
          {{database, find_text(*entry, "name")}, to_kind(find_text(*entry, "type"))});
    }
    if (reply->cursor_id == 0) return ok_status();
    command.clear();
    command.add_int64("getMore", reply->cursor_id).add_text("collection", reply->collection);
  }
}

}  // namespace

Result<std::vector<CollectionInfo>> list_collections(MongoConnection& connection,
                                                     const std::string& database) {
  std::vector<std::string> databases{database};
  if (database.empty()) {
    Result<std::vector<std::string>> all = list_databases(connection);
    if (!all.ok()) return all.error();
    databases = std::move(all.value());
  }
  std::vector<CollectionInfo> collections;
  for (const std::string& name : databases) {
    const Status listed = list_one(connection, name, collections);
    if (!listed.ok()) return listed.error();
  }
  return collections;
}

bool is_system_collection(NamespaceView ns) {
  return ns.collection.starts_with("system.") || ns.database == "admin" || ns.database == "local" ||
         ns.database == "config";
}

}  // namespace relay
