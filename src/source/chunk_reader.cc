#include "source/chunk_reader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "source/cursor_reply.h"
#include "source/document_look_up.h"
#include "source/source_time.h"

namespace relay {

namespace {

// Large replies are expensive: at 16 MB the client spends three times the CPU for a document of
// 1 KB, on fresh pages for each reply.
constexpr std::size_t kReplyBytes = 2U << 20U;
// Enough to learn how large the documents are: four of 5 MB would be ten times the chunk.
constexpr std::size_t kFirstDocuments = 1;
// Documents may become larger: the next reply has at most this many times those seen so far.
constexpr std::size_t kGrowth = 16;

RawDocument view_of(const KeyBound& bound) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes kept as text.
  return {reinterpret_cast<const std::uint8_t*>(bound.document.data()), bound.document.size()};
}

bool is_max_key(RawDocument document) {
  bson_iter_t at;
  return find_field(document, "_id", at) && BSON_ITER_HOLDS_MAXKEY(&at);
}

BsonDocument key_of(RawDocument document) {
  BsonDocument key;
  bson_iter_t at;
  if (find_field(document, "_id", at)) key.add_value("_id", at);
  return key;
}

// One chunk being read: the cursor it comes from, and what has come.
class ChunkReader {
 public:
  ChunkReader(MongoConnection& connection, const ChunkRequest& request)
      : connection_(connection),
        request_(request),
        doing_("read documents of " + format_namespace(request.ns)) {}

  Result<Chunk> read();

 private:
  // Runs find or getMore and takes the documents of its reply.
  Status take(const BsonDocument& command, const BsonDocument* concern);
  Status read_range(const BsonDocument& concern);
  Status read_max_key(const BsonDocument& concern);
  Status finish();
  void close_cursor() {
    connection_.kill_cursor(request_.ns.database, request_.ns.collection, cursor_id_);
  }

  [[nodiscard]] bool is_full() const {
    return chunk_.documents.size() >= request_.documents_max ||
           chunk_.byte_count >= request_.bytes_max;
  }

  MongoConnection& connection_;
  const ChunkRequest& request_;
  std::string doing_;
  Chunk chunk_{};
  std::int64_t cursor_id_ = 0;  // 0: the server has closed it.
};

Status ChunkReader::take(const BsonDocument& command, const BsonDocument* concern) {
  if (Status hit = connection_.pass(Failpoint::chunk_before); !hit.ok()) return hit;
  Result<RawBuffer> bytes = connection_.run({.phase = SourcePhase::snapshot,
                                             .doing = doing_,
                                             .database = request_.ns.database,
                                             .body = command,
                                             .read_concern = concern});
  if (!bytes.ok()) return bytes.error();
  if (Status hit = connection_.pass(Failpoint::chunk_after); !hit.ok()) return hit;
  const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
  if (!reply) {
    return Error{ErrorKind::bad_document, doing_ + ": the reply is not a cursor's", ""};
  }
  const Result<ClusterTime> time = operation_time_of(bytes.value().view());
  if (!time.ok()) return time.error();
  chunk_.high = std::max(chunk_.high, time.value());
  cursor_id_ = reply->cursor_id;
  std::size_t offset = 0;
  while (const std::optional<RawDocument> document = next_document(reply->documents, offset)) {
    chunk_.byte_count += document->size();
    chunk_.documents.push_back(*document);
  }
  if (reply->document_count > 0) chunk_.replies.push_back(std::move(bytes.value()));
  return ok_status();
}

Status ChunkReader::read_range(const BsonDocument& concern) {
  Status taken = take(build_chunk_find(request_), &concern);
  while (taken.ok() && cursor_id_ != 0 && !is_full()) {
    BsonDocument get_more;
    get_more.add_int64("getMore", cursor_id_).add_text("collection", request_.ns.collection);
    get_more.add_int32("batchSize", next_batch_size(chunk_, request_));
    taken = take(get_more, nullptr);
  }
  // The server has answered with an error, which may leave the cursor open for ten minutes.
  if (!taken.ok() && cursor_id_ != 0 && connection_.last_code() != 0) close_cursor();
  return taken;
}

// `min` without `max` has an implicit exclusive end at MaxKey, except on clustered collections.
Status ChunkReader::read_max_key(const BsonDocument& concern) {
  BsonDocument key;
  bson_append_maxkey(&key.raw(), "_id", -1);
  BsonDocument find;
  find.add_text("find", request_.ns.collection).add_document("filter", key);
  // Closed by the server when it has sent the document.
  find.add_int32("limit", 1);
  return take(find, &concern);
}

Status ChunkReader::finish() {
  const std::size_t count = chunk_.documents.size();
  const bool has_max_key = count > 0 && is_max_key(chunk_.documents.back());
  if (cursor_id_ != 0) close_cursor();
  // With as many documents as were asked for the cursor closes without saying whether there are
  // more.
  const bool is_done = has_max_key || (cursor_id_ == 0 && count < request_.documents_max);
  if (is_done) return ok_status();
  const BsonDocument last = key_of(chunk_.documents.back());
  if (last.is_empty()) {
    return Error{ErrorKind::bad_document, doing_ + ": a document without _id", ""};
  }
  chunk_.next = KeyBound{{last.view().begin(), last.view().end()}, true};
  return ok_status();
}

Result<Chunk> ChunkReader::read() {
  // Asked for now and not remembered: what the stream has delivered before this call is not newer.
  const Result<ClusterTime> low = read_source_time(connection_);
  if (!low.ok()) return low.error();
  chunk_.low = low.value();
  chunk_.high = low.value();
  const BsonDocument concern = build_read_concern(chunk_.low);

  const bool begins_at_max_key = is_max_key(view_of(request_.from));
  if (!begins_at_max_key) {
    const Status read = read_range(concern);
    if (!read.ok()) return read.error();
    const Status finished = finish();
    if (!finished.ok()) return finished.error();
  }
  const bool is_at_end = !chunk_.next && !request_.from.document.empty() &&
                         request_.to.document.empty() &&
                         (chunk_.documents.empty() || !is_max_key(chunk_.documents.back()));
  if (is_at_end && !(begins_at_max_key && request_.from.is_exclusive)) {
    const Status read = read_max_key(concern);
    if (!read.ok()) return read.error();
  }
  return std::move(chunk_);
}

}  // namespace

Result<Chunk> read_chunk(MongoConnection& connection, const ChunkRequest& request) {
  return ChunkReader(connection, request).read();
}

std::int32_t next_batch_size(const Chunk& chunk, const ChunkRequest& request) {
  const std::size_t count = chunk.documents.size();
  const std::size_t documents_left = request.documents_max - std::min(count, request.documents_max);
  std::size_t size = kFirstDocuments;
  if (count > 0) {
    const std::size_t document_bytes = std::max<std::size_t>(chunk.byte_count / count, 1);
    const std::size_t bytes_left =
        request.bytes_max - std::min(chunk.byte_count, request.bytes_max);
    size = std::min(kReplyBytes, bytes_left) / document_bytes;
    size = std::min(size, count * kGrowth);
  }
  size = std::clamp<std::size_t>(size, 1, std::max<std::size_t>(documents_left, 1));
  return static_cast<std::int32_t>(
      std::min<std::size_t>(size, std::numeric_limits<std::int32_t>::max()));
}

BsonDocument build_chunk_find(const ChunkRequest& request) {
  BsonDocument find;
  find.add_text("find", request.ns.collection);
  const BsonDocument by_id = BsonDocument().add_int32("_id", 1);
  find.add_document("hint", by_id);
  // The index's order anyway; a sharded cluster merges by it.
  find.add_document("sort", by_id);
  if (!request.from.document.empty()) {
    const BsonDocument from = key_of(view_of(request.from));
    find.add_document("min", from);
    bson_iter_t at;
    if (request.from.is_exclusive && find_field(from.view(), "_id", at)) {
      const BsonDocument unequal = BsonDocument().add_value("$ne", at);
      find.add_document("filter", BsonDocument().add_document("_id", unequal));
    }
  }
  if (!request.to.document.empty()) find.add_document("max", key_of(view_of(request.to)));
  find.add_int32("batchSize", next_batch_size({}, request));
  find.add_int64("limit", static_cast<std::int64_t>(request.documents_max));
  return find;
}

}  // namespace relay
