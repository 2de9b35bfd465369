#include "source/key_check.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "source/cursor_reply.h"
#include "source/document_look_up.h"
#include "source/source_time.h"

namespace relay {

namespace {

class KeyChecker {
 public:
  KeyChecker(MongoConnection& connection, const KeyCheck& request)
      : connection_(connection),
        request_(request),
        doing_("look for keys of " + format_namespace(request.ns)) {}

  Result<FoundKeys> run();

 private:
  Status find(std::span<const RawDocument> keys, const BsonDocument& concern);
  // The cursor behind the reply; 0: none.
  Result<std::int64_t> take(const BsonDocument& command, const BsonDocument* concern);

  MongoConnection& connection_;
  const KeyCheck& request_;
  std::string doing_;
  FoundKeys found_{};
};

Result<std::int64_t> KeyChecker::take(const BsonDocument& command, const BsonDocument* concern) {
  const Result<RawBuffer> bytes = connection_.run({.phase = SourcePhase::snapshot,
                                                   .doing = doing_,
                                                   .database = request_.ns.database,
                                                   .body = command,
                                                   .read_concern = concern});
  if (!bytes.ok()) return bytes.error();
  const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
  if (!reply) {
    return Error{ErrorKind::bad_document, doing_ + ": the reply is not a cursor's", ""};
  }
  const Result<ClusterTime> time = operation_time_of(bytes.value().view());
  if (!time.ok()) return time.error();
  found_.high = std::max(found_.high, time.value());
  std::size_t offset = 0;
  while (const std::optional<RawDocument> key = next_document(reply->documents, offset)) {
    found_.keys.emplace_back(key->begin(), key->end());
  }
  return reply->cursor_id;
}

Status KeyChecker::find(std::span<const RawDocument> keys, const BsonDocument& concern) {
  Result<BsonDocument> command = build_find(request_.ns.collection, keys);
  if (!command.ok()) return command.error();
  command.value().add_document("projection", BsonDocument().add_int32("_id", 1));
  Result<std::int64_t> cursor = take(command.value(), &concern);
  while (cursor.ok() && cursor.value() != 0) {
    BsonDocument get_more;
    get_more.add_int64("getMore", cursor.value()).add_text("collection", request_.ns.collection);
    cursor = take(get_more, nullptr);
  }
  return cursor.ok() ? ok_status() : cursor.error();
}

Result<FoundKeys> KeyChecker::run() {
  const Result<ClusterTime> low = read_source_time(connection_);
  if (!low.ok()) return low.error();
  found_.low = low.value();
  found_.high = low.value();
  const BsonDocument concern = build_read_concern(found_.low);
  std::span<const RawDocument> rest = request_.keys;
  while (!rest.empty()) {
    const std::size_t count = chunk_size(rest, {});
    const Status done = find(rest.first(count), concern);
    if (!done.ok()) return done.error();
    rest = rest.subspan(count);
  }
  return std::move(found_);
}

}  // namespace

Result<FoundKeys> find_keys(MongoConnection& connection, const KeyCheck& request) {
  return KeyChecker(connection, request).run();
}

}  // namespace relay
