#include "support/fake_source.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <bson/bson.h>

namespace relay {
namespace {

void append_fields(bson_t* document, int key, int seq) {
  BSON_APPEND_INT32(document, "_id", key);
  BSON_APPEND_INT32(document, "seq", seq);
  if (has_extra_field(seq)) BSON_APPEND_INT32(document, "extra", seq);
}

void append_document(bson_t* parent, const char* name, int key, int seq) {
  bson_t document;
  BSON_APPEND_DOCUMENT_BEGIN(parent, name, &document);
  append_fields(&document, key, seq);
  bson_append_document_end(parent, &document);
}

const char* word_of(OperationType operation) {
  if (operation == OperationType::insert) return "insert";
  if (operation == OperationType::update) return "update";
  if (operation == OperationType::drop) return "drop";
  if (operation == OperationType::rename) return "rename";
  if (operation == OperationType::create) return "create";
  return operation == OperationType::replace ? "replace" : "delete";
}

bool is_row(OperationType operation) {
  return operation == OperationType::insert || operation == OperationType::update ||
         operation == OperationType::replace || operation == OperationType::delete_;
}

void append_namespace(bson_t* out, const char* name, const std::string& collection) {
  bson_t child;
  BSON_APPEND_DOCUMENT_BEGIN(out, name, &child);
  BSON_APPEND_UTF8(&child, "db", FakeOplog::kDatabase);
  BSON_APPEND_UTF8(&child, "coll", collection.c_str());
  bson_append_document_end(out, &child);
}

// Everything of an event but its token and its document.
void append_head(bson_t* out, const FakeEvent& event) {
  bson_t child;
  BSON_APPEND_UTF8(out, "operationType", word_of(event.operation));
  BSON_APPEND_TIMESTAMP(out, "clusterTime", event.time.seconds, event.time.increment);
  const bool is_rename = event.operation == OperationType::rename;
  append_namespace(out, "ns", is_rename ? "tmp" : event.collection);
  if (is_rename) append_namespace(out, "to", event.collection);
  if (is_row(event.operation)) {
    BSON_APPEND_DOCUMENT_BEGIN(out, "documentKey", &child);
    BSON_APPEND_INT32(&child, "_id", event.key);
    bson_append_document_end(out, &child);
  }
}

constexpr int kFragments = 3;

// What of an event is sent.
enum class EventPart { whole, bare, first, documents, rest };

void append_event(bson_t* events,
                  const std::string& index,
                  const FakeEvent& event,
                  EventPart part) {
  bson_t out;
  BSON_APPEND_DOCUMENT_BEGIN(events, index.c_str(), &out);
  bson_t child;
  const bool has_head = part != EventPart::documents && part != EventPart::rest;
  if (event.transaction != 0 && has_head) {
    BSON_APPEND_INT64(&out, "txnNumber", event.transaction);
    BSON_APPEND_DOCUMENT_BEGIN(&out, "lsid", &child);
    BSON_APPEND_INT32(&child, "id", 1);
    bson_append_document_end(&out, &child);
  }
  BSON_APPEND_DOCUMENT_BEGIN(&out, "_id", &child);
  const bool is_cut = part == EventPart::first || part == EventPart::documents;
  const std::string token = is_cut ? event.token + "F" + index : event.token;
  BSON_APPEND_UTF8(&child, "_data", token.c_str());
  bson_append_document_end(&out, &child);
  if (part >= EventPart::first) {
    BSON_APPEND_DOCUMENT_BEGIN(&out, "splitEvent", &child);
    BSON_APPEND_INT32(
        &child, "fragment", static_cast<int>(part) - static_cast<int>(EventPart::first) + 1);
    BSON_APPEND_INT32(&child, "of", kFragments);
    bson_append_document_end(&out, &child);
  }
  if (has_head) append_head(&out, event);
  const bool has_document =
      event.operation == OperationType::insert || event.operation == OperationType::replace;
  if (has_document && (part == EventPart::whole || part == EventPart::documents))
    append_document(&out, "fullDocument", event.key, event.seq);
  bson_append_document_end(events, &out);
}

EventPart part_of(int fragment) {
  return static_cast<EventPart>(static_cast<int>(EventPart::first) + fragment);
}

RawBuffer steal(bson_t* document) {
  std::uint32_t size = 0;
  std::uint8_t* data = bson_destroy_with_steal(document, true, &size);
  return {data, size, bson_free};
}

int id_of(RawDocument key) {
  bson_t view;
  bson_iter_t iter;
  bson_init_static(&view, key.data(), key.size());
  return bson_iter_init_find(&iter, &view, "_id") ? static_cast<int>(bson_iter_as_int64(&iter)) : 0;
}

std::string key_document(int id) {
  bson_t* document = BCON_NEW("_id", BCON_INT32(id));
  std::string bytes(reinterpret_cast<const char*>(bson_get_data(document)), document->len);
  bson_destroy(document);
  return bytes;
}

RawDocument view_of_bytes(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

RawBuffer make_document(int id, int seq) {
  bson_t* document = bson_new();
  append_fields(document, id, seq);
  return steal(document);
}

constexpr SideKinds kKinds = {.cut = ErrorKind::source_unavailable,
                              .unknown = ErrorKind::source_unknown,
                              .refused = ErrorKind::source_refused};

}  // namespace

std::optional<Error> FakeSource::lost_answer() const {
  return ask_watch(watch, CallEdge::after, kKinds, "read the source");
}

// The events before it are shown. One that is behind others of its time comes with them, as on a
// real server, which shows a time as a whole unless a limit ends the reply.
std::size_t FakeSource::shown_end() {
  const std::vector<FakeEvent>& events = oplog_.events();
  if (!random_.one_in(early_every) || cursor_ == events.size()) return events.size();
  const auto is_between = [&](std::size_t at) {
    return at > 0 && at < events.size() && events[at].time == events[at - 1].time;
  };
  std::size_t end = cursor_ + random_.below(events.size() - cursor_);
  while (is_between(end))
    ++end;
  return end;
}

std::optional<Error> FakeSource::fault() {
  if (is_cancelled_) return Error{ErrorKind::stopped, "read the stream: cancelled", ""};
  if (next_error) return std::exchange(next_error, std::nullopt);
  if (random_.one_in(fault_every))
    return Error{ErrorKind::source_unavailable, "read the stream: cut", ""};
  return ask_watch(watch, CallEdge::before, kKinds, "read the source");
}

Result<Position> FakeSource::open(const StartPoint& start) {
  is_open_ = false;
  fragment_ = 0;
  if (const std::optional<Error> error = fault()) return *error;
  if (std::holds_alternative<StartAfter>(start) && random_.one_in(forget_every))
    return Error{ErrorKind::token_not_found, "open the stream: no such token", ""};
  std::optional<ClusterTime> time;
  if (const auto* at = std::get_if<StartAtTime>(&start)) time = at->time;
  if (const auto* after = std::get_if<StartAfter>(&start)) {
    const Position& position = after->checkpoint.position;
    cursor_ = oplog_.index_after(position);
    opened_ = position;
    if (after->checkpoint.pipeline_hash != hash) time = position.cluster_time;
  }
  if (time) {
    cursor_ = oplog_.index_at(*time);
    opened_ = oplog_.position_at(*time);
  }
  if (std::holds_alternative<StartNow>(start)) {
    cursor_ = oplog_.events().size();
    opened_ = oplog_.position_after(cursor_);
    opened_now_at = cursor_;
  }
  opened_at_ = cursor_;
  if (const std::optional<Error> error = lost_answer()) return *error;
  is_open_ = true;
  opened_with = start;
  return opened_;
}

// A source that splits events looks at the one it starts after.
bool FakeSource::fails_to_start() const {
  const bool is_split = form_ == ReplyForm::many || form_ == ReplyForm::single;
  return splits_large_events && is_split && cursor_ == opened_at_ && cursor_ > 0 &&
         oplog_.events()[cursor_ - 1].is_huge;
}

Result<Reply> FakeSource::next() {
  if (std::optional<Error> error = fault()) {
    is_open_ = false;
    return *error;
  }
  if (!is_open_) return Error{ErrorKind::internal, "read the stream: not open", ""};
  if (cursor_ < oplog_.first_kept()) {
    is_open_ = false;
    return Error{ErrorKind::position_lost, "read the stream: history lost", ""};
  }
  bson_t* events = bson_new();
  Reply reply;
  const std::size_t events_max = form_ == ReplyForm::many ? reply_events_max : 1;
  const std::size_t end = shown_end();
  while (reply.event_count < events_max && cursor_ < end) {
    const FakeEvent& event = oplog_.events()[cursor_];
    const bool is_cut = event.is_large && form_ != ReplyForm::bare;
    const bool is_split = splits_large_events && form_ != ReplyForm::unsplit;
    if ((is_cut && (!is_split || event.is_huge)) || fails_to_start()) {
      // A real one stands behind the event now: whoever reads on without opening again loses it.
      bson_destroy(events);
      is_open_ = false;
      ++too_large_count;
      return Error{ErrorKind::event_too_large, "read the stream: too large", ""};
    }
    const EventPart part = is_cut                     ? part_of(fragment_)
                           : form_ == ReplyForm::bare ? EventPart::bare
                                                      : EventPart::whole;
    append_event(events, std::to_string(reply.event_count), event, part);
    ++reply.event_count;
    if (is_cut && ++fragment_ < kFragments) continue;
    fragment_ = 0;
    ++cursor_;
  }
  reply.is_full = reply.event_count == events_max || fragment_ > 0;
  reply.end = position();
  reply.buffer = steal(events);
  reply.events = reply.buffer.view();
  reply_bytes_largest = std::max(reply_bytes_largest, reply.events.size());
  if (const std::optional<Error> error = lost_answer()) {
    is_open_ = false;
    return *error;
  }
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
    append_fields(document, id, *seq);
    if (document_bytes > 0)
      BSON_APPEND_UTF8(document, "pad", std::string(document_bytes, 'x').c_str());
    const RawBuffer buffer = steal(document);
    if (!visit(buffer.view())) break;
  }
  if (const std::optional<Error> error = lost_answer()) return *error;
  return ok_status();
}

Result<std::vector<CollectionInfo>> FakeSource::list_collections() {
  if (const std::optional<Error> error = fault()) return *error;
  std::vector<CollectionInfo> collections;
  for (const std::string& name : oplog_.collections())
    collections.push_back({.ns = {FakeOplog::kDatabase, name}});
  return collections;
}

Result<CollectionSplit> FakeSource::split(const SplitRequest& request) {
  if (const std::optional<Error> error = fault()) return *error;
  CollectionSplit split;
  std::vector<int> keys;
  for (const auto& [at, seq] : oplog_.documents()) {
    if (at.first == request.ns.collection) keys.push_back(at.second);
  }
  split.documents_estimated = keys.size();
  for (std::size_t part = 1; part < request.parts_max && keys.size() > 1; ++part) {
    const int bound = keys[keys.size() * part / request.parts_max];
    if (bound == keys.front()) continue;
    if (split.bounds.empty() || split.bounds.back().document != key_document(bound))
      split.bounds.push_back({.document = key_document(bound)});
  }
  if (const std::optional<Error> error = lost_answer()) return *error;
  return split;
}

// Reads document by document, and the world goes on between them.
Result<Chunk> FakeSource::read_chunk(const ChunkRequest& request) {
  if (const std::optional<Error> error = fault()) return *error;
  Chunk chunk;
  chunk.low = oplog_.time();
  read_on();
  const std::string collection(request.ns.collection);
  std::optional<int> last;
  if (!request.from.document.empty()) {
    last = id_of(view_of_bytes(request.from.document));
    if (!request.from.is_exclusive) --*last;
  }
  while (chunk.documents.size() < request.documents_max) {
    const auto next = oplog_.documents().upper_bound({collection, last.value_or(-1)});
    if (next == oplog_.documents().end() || next->first.first != collection) break;
    const int key = next->first.second;
    if (!request.to.document.empty() && key >= id_of(view_of_bytes(request.to.document))) break;
    chunk.replies.push_back(make_document(key, next->second));
    chunk.documents.push_back(chunk.replies.back().view());
    chunk.byte_count += chunk.documents.back().size();
    last = key;
    ++documents_read;
    if (random_.one_in(3)) read_on();
  }
  if (chunk.documents.size() == request.documents_max)
    chunk.next = KeyBound{.document = key_document(*last), .is_exclusive = true};
  read_on();
  chunk.high = oplog_.time();
  if (random_.one_in(fault_every)) return Error{ErrorKind::source_unavailable, "read: cut", ""};
  if (const std::optional<Error> error = lost_answer()) return *error;
  return chunk;
}

Result<FoundKeys> FakeSource::find_keys(const KeyCheck& request) {
  if (const std::optional<Error> error = fault()) return *error;
  FoundKeys found;
  found.low = oplog_.time();
  read_on();
  for (const RawDocument key : request.keys) {
    if (oplog_.document(std::string(request.ns.collection), id_of(key)))
      found.keys.push_back(key_document(id_of(key)));
    if (random_.one_in(3)) read_on();
  }
  found.high = oplog_.time();
  if (const std::optional<Error> error = lost_answer()) return *error;
  return found;
}

}  // namespace relay
