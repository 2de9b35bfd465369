#include "source/change_cursor.h"

#include <optional>
#include <string>
#include <utility>

#include "source/cursor_reply.h"
#include "source/resume_token.h"

namespace relay {

namespace {

// Replies end at 16 MB; one that is nearly there was ended by its size.
constexpr std::size_t kFullReplyBytes = 15U << 20U;

Error malformed(std::string_view what) {
  return {ErrorKind::bad_document, "read the change stream: " + std::string(what), ""};
}

// Where the stream stands behind the event.
Result<Position> position_of_event(RawDocument event) {
  bson_iter_t at;
  RawDocument token;
  if (find_field(event, "_id", at) && BSON_ITER_HOLDS_DOCUMENT(&at)) {
    std::uint32_t length = 0;
    const std::uint8_t* bytes = nullptr;
    bson_iter_document(&at, &length, &bytes);
    token = {bytes, length};
  }
  std::optional<std::string> text = read_token(token);
  if (!text) return malformed("a resume token of an unknown form");
  const std::optional<ClusterTime> inside = cluster_time_of(*text);
  return Position{std::move(*text),
                  inside.value_or(find_time(event, "clusterTime").value_or(ClusterTime{}))};
}

// Where the last event ends that `reply` has all fragments of.
Result<Position> read_whole_end(const CursorReply& reply,
                                std::size_t open_fragments,
                                const Position& before) {
  if (reply.document_count <= open_fragments) return before;
  RawDocument event;
  std::size_t offset = 0;
  for (std::size_t i = open_fragments; i < reply.document_count; ++i)
    event = next_document(reply.documents, offset).value_or(RawDocument());
  return position_of_event(event);
}

// Where the stream stands after `reply`.
Result<Position> read_end(const CursorReply& reply, const Position& before) {
  const RawDocument token = reply.post_batch_token;
  std::optional<ClusterTime> time;
  if (!reply.last_document.empty()) time = find_time(reply.last_document, "clusterTime");
  if (const std::size_t open = count_open_fragments(reply.last_document); open > 0) {
    return read_whole_end(reply, open, before);
  }
  if (token.empty()) {
    if (!reply.last_document.empty()) return malformed("a reply with events and without a token");
    return before;
  }
  std::optional<std::string> text = read_token(token);
  if (!text) return malformed("a resume token of an unknown form");
  if (const std::optional<ClusterTime> inside = cluster_time_of(*text)) time = inside;
  return Position{std::move(*text), time.value_or(before.cluster_time)};
}

Position position_of(const StartPoint& start) {
  if (const auto* at = std::get_if<StartAtTime>(&start)) return {"", at->time};
  if (const auto* after = std::get_if<StartAfter>(&start)) return after->checkpoint.position;
  return {};
}

}  // namespace

Result<ChangeCursor> ChangeCursor::open(MongoConnection& connection,
                                        const StreamDefinition& definition,
                                        const StartPoint& start,
                                        CursorLimits limits) {
  BsonDocument aggregate;
  // Of the database, not of one collection: drops and renames do not end it.
  aggregate.add_int32("aggregate", 1);
  aggregate.add_array("pipeline", build_pipeline(definition, start, limits.form));
  // 0: the server does not look for events before it answers. With another number it would skip
  // through the oplog inside this command, and a maxTimeMS would be an error instead of an empty
  // reply.
  aggregate.add_document("cursor", BsonDocument().add_int32("batchSize", 0));
  BsonDocument concern;
  concern.add_text("level", "majority");

  ChangeCursor cursor(connection, limits);
  cursor.cursor_.host = connection.host();
  cursor.cursor_.database = stream_database(definition.scope);
  if (Status hit = connection.pass(Failpoint::stream_open_before); !hit.ok()) return hit.error();
  const Result<RawBuffer> reply = connection.run({.phase = SourcePhase::open,
                                                  .doing = "open the change stream",
                                                  .database = cursor.cursor_.database,
                                                  .body = aggregate,
                                                  .read_concern = &concern});
  if (!reply.ok()) return reply.error();
  if (Status hit = connection.pass(Failpoint::stream_open_after); !hit.ok()) return hit.error();
  const std::optional<CursorReply> parsed = parse_cursor_reply(reply.value().view());
  if (!parsed || parsed->cursor_id == 0) return malformed("the reply to aggregate has no cursor");
  cursor.cursor_.id = parsed->cursor_id;
  cursor.cursor_.collection = parsed->collection;

  Position before = position_of(start);
  if (before.token.empty() && before.cluster_time.is_zero()) {
    before.cluster_time = find_time(reply.value().view(), "operationTime").value_or(ClusterTime{});
  }
  Result<Position> end = read_end(*parsed, before);
  if (!end.ok()) return end.error();
  cursor.end_ = std::move(end.value());
  return cursor;
}

Result<Reply> ChangeCursor::next() {
  BsonDocument get_more;
  get_more.add_int64("getMore", cursor_.id).add_text("collection", cursor_.collection);
  const std::int32_t batch_size = limits_.form == ReplyForm::many ? limits_.batch_size : 1;
  get_more.add_int32("batchSize", batch_size);
  get_more.add_int64("maxTimeMS", limits_.await.count());
  if (Status hit = connection_->pass(Failpoint::reply_before); !hit.ok()) return hit.error();
  Result<RawBuffer> bytes = connection_->run({.phase = SourcePhase::read,
                                              .doing = "read the change stream",
                                              .database = cursor_.database,
                                              .body = get_more});
  if (!bytes.ok()) {
    cursor_.id = 0;
    return bytes.error();
  }
  if (Status hit = connection_->pass(Failpoint::reply_after); !hit.ok()) return hit.error();
  Reply reply;
  reply.buffer = std::move(bytes.value());
  const std::optional<CursorReply> parsed = parse_cursor_reply(reply.buffer.view());
  if (!parsed) return malformed("the reply to getMore is not a cursor's");
  Result<Position> end = read_end(*parsed, end_);
  if (!end.ok()) return end.error();
  end_ = end.value();

  reply.events = parsed->documents;
  reply.event_count = parsed->document_count;
  reply.end = std::move(end.value());
  reply.is_full = parsed->document_count >= static_cast<std::size_t>(batch_size) ||
                  reply.buffer.view().size() >= kFullReplyBytes ||
                  count_open_fragments(parsed->last_document) > 0;
  reply.is_last = parsed->cursor_id == 0;
  if (reply.is_last) cursor_.id = 0;
  return reply;
}

void ChangeCursor::close() {
  if (cursor_.id == 0) return;
  connection_->kill_cursor(cursor_.database, cursor_.collection, cursor_.id);
  cursor_.id = 0;
}

}  // namespace relay
