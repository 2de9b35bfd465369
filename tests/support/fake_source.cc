#include "support/fake_source.h"

#include <cstring>
#include <utility>

#include <bson/bson.h>

namespace relay {
namespace {

void append_document(bson_t* parent, const char* name, int key, int seq) {
  bson_t document;
  BSON_APPEND_DOCUMENT_BEGIN(parent, name, &document);
  BSON_APPEND_INT32(&document, "_id", key);
  BSON_APPEND_INT32(&document, "seq", seq);
  bson_append_document_end(parent, &document);
}

const char* word_of(OperationType operation) {
  if (operation == OperationType::insert) return "insert";
  if (operation == OperationType::update) return "update";
  return operation == OperationType::replace ? "replace" : "delete";
}

void append_event(bson_t* events, const std::string& index, const FakeEvent& event) {
  bson_t out;
  BSON_APPEND_DOCUMENT_BEGIN(events, index.c_str(), &out);
  bson_t child;
  if (event.transaction != 0) {
    BSON_APPEND_INT64(&out, "txnNumber", event.transaction);
    BSON_APPEND_DOCUMENT_BEGIN(&out, "lsid", &child);
    BSON_APPEND_INT32(&child, "id", 1);
    bson_append_document_end(&out, &child);
  }
  BSON_APPEND_DOCUMENT_BEGIN(&out, "_id", &child);
  BSON_APPEND_UTF8(&child, "_data", event.token.c_str());
  bson_append_document_end(&out, &child);
  BSON_APPEND_UTF8(&out, "operationType", word_of(event.operation));
  BSON_APPEND_TIMESTAMP(&out, "clusterTime", event.time.seconds, event.time.increment);
  BSON_APPEND_DOCUMENT_BEGIN(&out, "ns", &child);
  BSON_APPEND_UTF8(&child, "db", FakeOplog::kDatabase);
  BSON_APPEND_UTF8(&child, "coll", event.collection.c_str());
  bson_append_document_end(&out, &child);
  BSON_APPEND_DOCUMENT_BEGIN(&out, "documentKey", &child);
  BSON_APPEND_INT32(&child, "_id", event.key);
  bson_append_document_end(&out, &child);
  if (event.operation == OperationType::insert || event.operation == OperationType::replace) {
    append_document(&out, "fullDocument", event.key, event.seq);
  }
  bson_append_document_end(events, &out);
}

RawBuffer steal(bson_t* document) {
  std::uint32_t size = 0;
  std::uint8_t* data = bson_destroy_with_steal(document, true, &size);
  return {data, size, bson_free};
}

}  // namespace

std::optional<Error> FakeSource::fault() {
  if (is_cancelled_) return Error{ErrorKind::stopped, "read the stream: cancelled", ""};
  if (next_error) return std::exchange(next_error, std::nullopt);
  if (random_.one_in(fault_every))
    return Error{ErrorKind::source_unavailable, "read the stream: cut", ""};
  return std::nullopt;
}

Result<Position> FakeSource::open(const StartPoint& start) {
  is_open_ = false;
  if (const std::optional<Error> error = fault()) return *error;
  if (const auto* at = std::get_if<StartAtTime>(&start)) {
    cursor_ = oplog_.index_at(at->time);
  } else if (const auto* after = std::get_if<StartAfter>(&start)) {
    const Position& position = after->checkpoint.position;
    cursor_ = after->checkpoint.pipeline_hash == hash ? oplog_.index_after(position)
                                                      : oplog_.index_at(position.cluster_time);
  } else {
    cursor_ = oplog_.events().size();
  }
  is_open_ = true;
  opened_with = start;
  if (const auto* after = std::get_if<StartAfter>(&start)) return after->checkpoint.position;
  return oplog_.position_after(cursor_);
}

Result<Reply> FakeSource::next() {
  if (std::optional<Error> error = fault()) {
    is_open_ = false;
    return *error;
  }
  if (!is_open_) return Error{ErrorKind::internal, "read the stream: not open", ""};
  bson_t* events = bson_new();
  Reply reply;
  while (reply.event_count < reply_events_max && cursor_ < oplog_.events().size()) {
    append_event(events, std::to_string(reply.event_count), oplog_.events()[cursor_]);
    ++cursor_;
    ++reply.event_count;
  }
  reply.is_full = reply.event_count == reply_events_max;
  reply.end = oplog_.position_after(cursor_);
  reply.buffer = steal(events);
  reply.events = reply.buffer.view();
  return reply;
}

Result<ClusterTime> FakeSource::current_time() {
  if (const std::optional<Error> error = fault()) return *error;
  return oplog_.time();
}

Status FakeSource::look_up(const LookUp& request, const std::function<bool(RawDocument)>& visit) {
  if (const std::optional<Error> error = fault()) return *error;
  for (const RawDocument& key : request.keys) {
    ++look_up_count;
    // A cut in the middle of the answer.
    if (random_.one_in(fault_every * 4))
      return Error{ErrorKind::source_unavailable, "look up: cut", ""};
    bson_t view;
    bson_iter_t iter;
    bson_init_static(&view, key.data(), key.size());
    if (!bson_iter_init_find(&iter, &view, "_id"))
      return Error{ErrorKind::internal, "look up: no _id", ""};
    const int id = bson_iter_int32(&iter);
    const std::optional<int> seq = oplog_.document(std::string(request.ns.collection), id);
    if (!seq) continue;
    bson_t* document = bson_new();
    BSON_APPEND_INT32(document, "_id", id);
    BSON_APPEND_INT32(document, "seq", *seq);
    if (document_bytes > 0)
      BSON_APPEND_UTF8(document, "pad", std::string(document_bytes, 'x').c_str());
    const RawBuffer buffer = steal(document);
    if (!visit(buffer.view())) break;
  }
  return ok_status();
}

}  // namespace relay
