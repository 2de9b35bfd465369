#include "source/document_look_up.h"

#include <optional>
#include <string>
#include <utility>

#include "source/cursor_reply.h"

namespace relay {

namespace {

constexpr std::string_view kDoing = "look documents up";

}  // namespace

BsonDocument build_read_concern(ClusterTime not_before) {
  BsonDocument concern;
  concern.add_text("level", "majority");
  if (!not_before.is_zero()) concern.add_time("afterClusterTime", not_before);
  return concern;
}

std::size_t chunk_size(std::span<const RawDocument> keys, const LookUpLimits& limits) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const RawDocument key : keys) {
    bytes += key.size();
    if (count > 0 && (count == limits.keys_max || bytes > limits.key_bytes_max)) break;
    ++count;
  }
  return count;
}

Result<BsonDocument> build_find(std::string_view collection, std::span<const RawDocument> keys) {
  BsonArray ids;
  for (const RawDocument key : keys) {
    bson_iter_t at;
    if (!find_field(key, "_id", at)) {
      return Error{
          ErrorKind::bad_document, std::string(kDoing) + ": a document key without _id", ""};
    }
    ids.add_value(at);
  }
  BsonDocument in;
  in.add_array("$in", ids.items());
  BsonDocument find;
  find.add_text("find", collection);
  find.add_document("filter", BsonDocument().add_document("_id", in));
  // One more than can come, so that the server sees the end in the first reply and closes the
  // cursor.
  find.add_int32("batchSize", static_cast<std::int32_t>(keys.size()) + 1);
  return find;
}

Status DocumentLookUp::run(const LookUp& request, const Visit& visit) {
  std::span<const RawDocument> rest = request.keys;
  while (!rest.empty()) {
    const std::size_t count = chunk_size(rest, {});
    const Result<Next> next = run_chunk(request.ns, request.not_before, rest.first(count), visit);
    if (!next.ok()) {
      connection_.reset();
      return next.error();
    }
    if (next.value() == Next::enough) break;
    rest = rest.subspan(count);
  }
  return ok_status();
}

Result<DocumentLookUp::Next> DocumentLookUp::run_chunk(NamespaceView ns,
                                                       ClusterTime not_before,
                                                       std::span<const RawDocument> keys,
                                                       const Visit& visit) {
  const Result<BsonDocument> find = build_find(ns.collection, keys);
  if (!find.ok()) return find.error();
  if (!connection_) {
    Result<std::unique_ptr<MongoConnection>> opened =
        MongoConnection::open(pool_, ClientUse::looking_up);
    if (!opened.ok()) return opened.error();
    connection_ = std::move(opened.value());
  }
  const BsonDocument concern = build_read_concern(not_before);
  if (Status hit = connection_->pass(Failpoint::look_up_before); !hit.ok()) return hit.error();
  Result<RawBuffer> reply = connection_->run({.phase = SourcePhase::look_up,
                                              .doing = kDoing,
                                              .database = ns.database,
                                              .body = find.value(),
                                              .read_concern = &concern});
  if (!reply.ok()) return reply.error();
  if (Status hit = connection_->pass(Failpoint::look_up_after); !hit.ok()) return hit.error();
  return visit_cursor(ns, std::move(reply.value()), visit);
}

Result<DocumentLookUp::Next> DocumentLookUp::visit_cursor(NamespaceView ns,
                                                          RawBuffer first,
                                                          const Visit& visit) {
  RawBuffer buffer = std::move(first);
  while (true) {
    const std::optional<CursorReply> reply = parse_cursor_reply(buffer.view());
    if (!reply) {
      return Error{
          ErrorKind::bad_document, std::string(kDoing) + ": the reply is not a cursor's", ""};
    }
    std::size_t offset = 0;
    while (const std::optional<RawDocument> document = next_document(reply->documents, offset)) {
      if (visit(*document)) continue;
      if (reply->cursor_id != 0) {
        connection_->kill_cursor(ns.database, ns.collection, reply->cursor_id);
      }
      return Next::enough;
    }
    if (reply->cursor_id == 0) return Next::more;
    BsonDocument get_more;
    get_more.add_int64("getMore", reply->cursor_id).add_text("collection", ns.collection);
    Result<RawBuffer> next = connection_->run({.phase = SourcePhase::look_up,
                                               .doing = kDoing,
                                               .database = ns.database,
                                               .body = get_more});
    if (!next.ok()) return next.error();
    buffer = std::move(next.value());
  }
}

}  // namespace relay
