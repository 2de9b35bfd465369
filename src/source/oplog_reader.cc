#include "source/oplog_reader.h"

#include <algorithm>

#include "source/cursor_reply.h"

namespace relay {
namespace {

// A server that is too busy for these is asked again later.
constexpr std::int32_t kTimeMaxMs = 5'000;

BsonDocument one(const char* name, std::int32_t value) {
  return BsonDocument().add_int32(name, value);
}

Result<RawBuffer> ask(MongoConnection& connection,
                      std::string_view doing,
                      const BsonDocument& command) {
  return connection.run(
      {.phase = SourcePhase::inspect, .doing = doing, .database = "local", .body = command});
}

Result<std::optional<ClusterTime>> read_end(MongoConnection& connection, std::int32_t direction) {
  BsonDocument find;
  find.add_text("find", "oplog.rs").add_document("sort", one("$natural", direction));
  find.add_document("projection", one("ts", 1)).add_int32("limit", 1);
  find.add_int32("maxTimeMS", kTimeMaxMs);
  const Result<RawBuffer> bytes = ask(connection, "read the ends of the oplog", find);
  if (!bytes.ok()) return bytes.error();
  const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
  return reply ? find_time(reply->last_document, "ts") : std::nullopt;
}

// 0: no such number.
std::uint64_t number_in(RawDocument reply, const char* field) {
  bson_iter_t at;
  if (!find_field(reply, field, at) || !BSON_ITER_HOLDS_NUMBER(&at)) return 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(bson_iter_as_int64(&at), 0));
}

}  // namespace

Result<std::optional<OplogFacts>> read_oplog(MongoConnection& connection) {
  if (connection.server().set_name.empty()) return std::optional<OplogFacts>();
  const Result<std::optional<ClusterTime>> first = read_end(connection, 1);
  if (!first.ok()) return first.error();
  const Result<std::optional<ClusterTime>> last = read_end(connection, -1);
  if (!last.ok()) return last.error();
  if (!first.value() || !last.value()) return std::optional<OplogFacts>();
  const Result<RawBuffer> size =
      ask(connection,
          "ask for the size of the oplog",
          BsonDocument().add_text("collStats", "oplog.rs").add_int32("maxTimeMS", kTimeMaxMs));
  if (!size.ok()) return size.error();
  return std::optional(OplogFacts{.first = *first.value(),
                                  .last = *last.value(),
                                  .bytes = number_in(size.value().view(), "size"),
                                  .bytes_max = number_in(size.value().view(), "maxSize")});
}

}  // namespace relay
