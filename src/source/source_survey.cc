#include "source/source_survey.h"

#include <algorithm>
#include <utility>

#include "source/change_cursor.h"
#include "source/collection_list.h"
#include "source/collection_split.h"
#include "source/cursor_reply.h"
#include "source/mongo_connection.h"
#include "source/oplog_reader.h"
#include "source/stream_definition.h"

namespace relay {
namespace {

// A sample of a busy server may be slow, but is not worth minutes of its time.
constexpr std::int32_t kSampleTimeMaxMs = 60'000;

constexpr std::int64_t kUnauthorized = 13;

std::string text_at(bson_iter_t at, const char* field) {
  bson_iter_t found;
  if (!bson_iter_find_descendant(&at, field, &found) || !BSON_ITER_HOLDS_UTF8(&found)) return "";
  std::uint32_t length = 0;
  const char* text = bson_iter_utf8(&found, &length);
  return {text, length};
}

std::string text_in(RawDocument reply, const char* field) {
  bson_iter_t at;
  return start_reading(reply, at) ? text_at(at, field) : "";
}

BsonDocument one(const char* name, std::int32_t value) {
  return BsonDocument().add_int32(name, value);
}

}  // namespace

struct SourceSurvey::State {
  std::unique_ptr<MongoPool> pool;  // Outlives the connection.
  std::unique_ptr<MongoConnection> connection;
  SourceTraits traits;

  Result<RawBuffer> ask(std::string_view doing,
                        std::string_view database,
                        const BsonDocument& command) {
    return connection->run(
        {.phase = SourcePhase::inspect, .doing = doing, .database = database, .body = command});
  }
  Status look_around();
  // Runs a command with a cursor, and visits what it yields until `bytes_left` is used up.
  Status visit(NamespaceView ns,
               const BsonDocument& command,
               std::uint64_t& bytes_left,
               const std::function<void(RawDocument)>& visit);
};

Status SourceSurvey::State::look_around() {
  traits.host = connection->host();
  traits.set_name = connection->server().set_name;
  const Result<RawBuffer> status = ask("ask who is logged in", "admin", one("connectionStatus", 1));
  if (!status.ok()) return status.error();
  traits.user = text_in(status.value().view(), "authInfo.authenticatedUsers.0.user");
  traits.user_database = text_in(status.value().view(), "authInfo.authenticatedUsers.0.db");
  const Result<RawBuffer> build = ask("ask for the version", "admin", one("buildInfo", 1));
  if (!build.ok()) return build.error();
  traits.version = text_in(build.value().view(), "version");
  return ok_status();
}

Status SourceSurvey::State::visit(NamespaceView ns,
                                  const BsonDocument& command,
                                  std::uint64_t& bytes_left,
                                  const std::function<void(RawDocument)>& visit) {
  const std::string doing = "sample " + format_namespace(ns);
  Result<RawBuffer> bytes = ask(doing, ns.database, command);
  while (true) {
    if (!bytes.ok()) return bytes.error();
    const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
    if (!reply) {
      return Error{ErrorKind::bad_document, doing + ": the reply is not a cursor's", ""};
    }
    std::size_t offset = 0;
    while (const std::optional<RawDocument> document = next_document(reply->documents, offset))
      visit(*document);
    bytes_left -= std::min<std::uint64_t>(bytes_left, reply->documents.size());
    if (reply->cursor_id == 0) return ok_status();
    if (bytes_left == 0) {
      connection->kill_cursor(ns.database, ns.collection, reply->cursor_id);
      return ok_status();
    }
    BsonDocument more;
    more.add_int64("getMore", reply->cursor_id).add_text("collection", ns.collection);
    bytes = ask(doing, ns.database, more);
  }
}

SourceSurvey::SourceSurvey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SourceSurvey::SourceSurvey(SourceSurvey&&) noexcept = default;
SourceSurvey::~SourceSurvey() = default;

Result<SourceSurvey> SourceSurvey::open(const Secret& uri,
                                        std::chrono::milliseconds connect_timeout) {
  Result<std::unique_ptr<MongoPool>> pool = MongoPool::make(uri, connect_timeout);
  if (!pool.ok()) return pool.error();
  auto state = std::make_unique<State>();
  state->pool = std::move(pool.value());
  Result<std::unique_ptr<MongoConnection>> connection =
      MongoConnection::open(*state->pool, ClientUse::reading);
  if (!connection.ok()) return connection.error();
  state->connection = std::move(connection.value());
  if (Status looked = state->look_around(); !looked.ok()) return looked.error();
  return SourceSurvey(std::move(state));
}

const SourceTraits& SourceSurvey::traits() const {
  return state_->traits;
}

bool SourceSurvey::lacks_right() const {
  return state_->connection->last_code() == kUnauthorized;
}

Status SourceSurvey::try_stream(const std::string& database) {
  StreamDefinition definition;
  definition.scope = {.database = database, .exact = {}, .everything = true};
  Result<ChangeCursor> opened =
      ChangeCursor::open(*state_->connection, definition, StartNow{}, CursorLimits{});
  if (!opened.ok()) return opened.error();
  opened.value().close();
  return ok_status();
}

Result<std::vector<CollectionInfo>> SourceSurvey::list(const std::string& database) {
  return list_collections(*state_->connection, database);
}

Result<CollectionSizeFacts> SourceSurvey::measure(NamespaceView ns) {
  const Result<CollectionSize> size = measure_collection(*state_->connection, ns);
  if (!size.ok()) return size.error();
  return CollectionSizeFacts{.documents = size.value().documents, .bytes = size.value().bytes};
}

Status SourceSurvey::sample(NamespaceView ns,
                            const SampleLimits& limits,
                            const std::function<void(RawDocument)>& visit) {
  const Result<CollectionSizeFacts> size = measure(ns);
  if (!size.ok()) return size.error();
  std::uint64_t bytes_left = limits.bytes_max;
  const bool is_small = size.value().documents <= limits.documents_max;
  const auto count = static_cast<std::int64_t>(limits.documents_max);
  const auto newest = static_cast<std::int64_t>(limits.newest);
  BsonDocument find;
  find.add_text("find", ns.collection).add_document("sort", one("$natural", -1));
  find.add_int64("limit", is_small ? count : newest).add_int32("maxTimeMS", kSampleTimeMaxMs);
  if (limits.newest > 0 || is_small) {
    if (Status found = state_->visit(ns, find, bytes_left, visit); !found.ok()) return found;
  }
  if (is_small || bytes_left == 0) return ok_status();
  BsonArray stages;
  stages.add_document(
      BsonDocument().add_document("$sample", BsonDocument().add_int64("size", count)));
  BsonDocument aggregate;
  aggregate.add_text("aggregate", ns.collection).add_array("pipeline", stages.items());
  aggregate.add_document("cursor", {}).add_bool("allowDiskUse", true);
  aggregate.add_int32("maxTimeMS", kSampleTimeMaxMs);
  return state_->visit(ns, aggregate, bytes_left, visit);
}

Result<std::optional<OplogWindow>> SourceSurvey::oplog_window() {
  const Result<std::optional<OplogFacts>> read = read_oplog(*state_->connection);
  if (!read.ok()) return read.error();
  if (!read.value()) return std::optional<OplogWindow>();
  const OplogFacts& oplog = *read.value();
  const std::int64_t seconds = std::int64_t{oplog.last.seconds} - oplog.first.seconds;
  return std::optional(
      OplogWindow{.span = std::chrono::seconds(seconds), .is_full = oplog.is_full()});
}

bool is_system_namespace(NamespaceView ns) {
  return is_system_collection(ns);
}

}  // namespace relay
