#include "e2e/stream_record.h"

#include <stdexcept>
#include <string_view>

#include <mongoc/mongoc.h>

#include "support/wait_until.h"

namespace relay {

struct StreamRecord::Stream {
  // Behind the token; nullptr: from now on.
  Stream(const std::string& uri, const std::string& database, const bson_t* after) {
    client = mongoc_client_new(uri.c_str());
    if (client == nullptr) throw std::runtime_error("not a MongoDB URI");
    mongoc_database_t* handle = mongoc_client_get_database(client, database.c_str());
    const Bson pipeline;
    Bson options(R"({"maxAwaitTimeMS": 50})");
    if (after != nullptr) bson_append_document(options.get(), "startAfter", -1, after);
    events = mongoc_database_watch(handle, pipeline.get(), options.get());
    mongoc_database_destroy(handle);
  }
  ~Stream() {
    mongoc_change_stream_destroy(events);
    mongoc_client_destroy(client);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] std::string failure() const {
    bson_error_t error;
    const bson_t* reply = nullptr;
    return mongoc_change_stream_error_document(events, &error, &reply) ? error.message : "";
  }

  mongoc_client_t* client = nullptr;
  mongoc_change_stream_t* events = nullptr;
};

namespace {

std::string text_at(const Bson& event, const char* path) {
  bson_iter_t at;
  if (!event.find(path, at) || !BSON_ITER_HOLDS_UTF8(&at)) return "";
  return bson_iter_utf8(&at, nullptr);
}

}  // namespace

StreamRecord::StreamRecord(const std::string& uri,
                           const std::string& database,
                           std::string collection)
    : uri_(uri),
      database_(database),
      collection_(std::move(collection)),
      stream_(std::make_unique<Stream>(uri, database, nullptr)) {
  if (const std::string failure = stream_->failure(); !failure.empty()) {
    throw std::runtime_error("watch: " + failure);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { read(stop); });
}

StreamRecord::~StreamRecord() = default;

void StreamRecord::read(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bson_t* event = nullptr;
    if (mongoc_change_stream_next(stream_->events, &event)) {
      take(Bson::copy_of(*event));
      continue;
    }
    const std::string failure = stream_->failure();
    if (failure.empty()) continue;
    {
      const std::scoped_lock lock(mutex_);
      failure_ = failure;
    }
    open_again(stop);
  }
}

// The driver does so itself, but only once.
void StreamRecord::open_again(const std::stop_token& stop) {
  const bson_t* token = mongoc_change_stream_get_resume_token(stream_->events);
  const bool is_new = token == nullptr;
  const Bson after = is_new ? Bson() : Bson::copy_of(*token);
  wait_until(std::chrono::minutes(2), [&] {
    if (stop.stop_requested()) return true;
    stream_ = std::make_unique<Stream>(uri_, database_, is_new ? nullptr : after.get());
    return stream_->failure().empty();
  });
}

void StreamRecord::take(const Bson& event) {
  const std::string operation = text_at(event, "operationType");
  const std::string collection = text_at(event, "ns.coll");
  const std::scoped_lock lock(mutex_);
  if (collection == "markers" && operation == "insert") {
    marker_ = event.number("documentKey._id");
    changed_.notify_all();
  }
  if (collection != collection_) return;
  RecordedEvent recorded{.token = text_at(event, "_id._data")};
  if (operation == "insert" || operation == "replace") {
    recorded.sequence = event.number("fullDocument.sequence");
  } else if (operation == "update") {
    recorded.kind = RecordedKind::update;
    recorded.sequence = event.number("updateDescription.updatedFields.sequence");
  } else if (operation == "delete") {
    recorded.kind = RecordedKind::removal;
  } else {
    return;
  }
  history_[event.number("documentKey._id")].push_back(std::move(recorded));
}

History StreamRecord::up_to_marker(std::int64_t marker, std::chrono::seconds limit) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, limit, [&] { return marker_ >= marker; })) return history_;
  throw std::runtime_error(
      "the record of the stream does not come to its marker; its last error: " +
      (failure_.empty() ? "none" : failure_));
}

}  // namespace relay
