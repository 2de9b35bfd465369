#include "source/mongo_source.h"

#include <atomic>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/guarded.h"
#include "source/change_cursor.h"
#include "source/chunk_reader.h"
#include "source/collection_list.h"
#include "source/collection_split.h"
#include "source/document_look_up.h"
#include "source/key_check.h"
#include "source/lane_connections.h"
#include "source/mongo_connection.h"
#include "source/oplog_reader.h"
#include "source/silence_watch.h"
#include "source/source_time.h"
#include "source/stream_definition.h"

namespace relay {

namespace {

// showExpandedEvents and post-images came with 6.0, whose protocol version is 17.
constexpr std::int32_t kVersion60WireVersion = 17;

// Of the connection that looks at the oplog: no lane of a snapshot has this number.
constexpr std::size_t kOplogLane = std::numeric_limits<std::size_t>::max();

// "Unrecognized pipeline stage name".
constexpr std::int64_t kUnknownStage = 40'324;

Error stopped() {
  return {ErrorKind::stopped, "read the source: cancelled", ""};
}

// Views and time series have no change events.
std::vector<Namespace> ordinary_collections(const std::vector<CollectionInfo>& all) {
  std::vector<Namespace> ordinary;
  for (const CollectionInfo& collection : all) {
    if (collection.kind == CollectionKind::collection) ordinary.push_back(collection.ns);
  }
  return ordinary;
}

Result<StreamDefinition> define_stream(MongoConnection& connection,
                                       const MongoSourceOptions& options) {
  const StreamScope& scope = options.scope;
  const bool is_from_6_0 = connection.server().wire_version_max >= kVersion60WireVersion;
  if (options.wants_post_images && !is_from_6_0) {
    return Error{ErrorKind::source_refused,
                 "open the change stream source=" + connection.host() +
                     ": source.updates = \"post-image\" needs MongoDB 6.0 or later",
                 "source.updates = \"lookup\""};
  }
  StreamDefinition definition;
  definition.scope = scope;
  definition.wants_deltas = options.wants_deltas;
  definition.has_expanded_events = is_from_6_0;
  definition.wants_post_images = options.wants_post_images;
  // Until the server says that it does not know how.
  definition.splits_large_events = is_from_6_0;
  if (scope.everything || scope.exact.empty()) return definition;
  const Result<std::vector<CollectionInfo>> existing = list_collections(connection, scope.database);
  if (existing.ok()) {
    definition.is_filtered = needs_filter(scope, ordinary_collections(existing.value()));
  } else if (existing.error().kind == ErrorKind::source_refused) {
    // Not allowed to look. A filter that was not needed costs speed; the stream itself may be
    // allowed.
    definition.is_filtered = true;
  } else {
    return existing.error();
  }
  return definition;
}

}  // namespace

struct MongoSource::State {
  State(MongoSourceOptions given, std::unique_ptr<MongoPool> made)
      : options(std::move(given)),
        pool(std::move(made)),
        documents(*pool),
        lanes(*pool),
        silence(options.uri, pool->sockets()) {}

  MongoSourceOptions options;
  std::unique_ptr<MongoPool> pool;  // Outlives everything below.
  DocumentLookUp documents;         // Assembling thread.
  LaneConnections lanes;            // Snapshot threads, and the one that watches the oplog.
  SilenceWatch silence;             // The thread of end_vain_waits().

  // Reading thread.
  std::unique_ptr<MongoConnection> connection;  // Null: not connected.
  std::optional<ChangeCursor> cursor;           // nullopt: the stream is closed.
  // Decided by the first successful open and kept: the tokens of one run belong to one definition,
  // also when collections come and go meanwhile.
  std::optional<StreamDefinition> definition;

  ReplyForm form = ReplyForm::many;

  // Any thread.
  std::atomic<bool> is_cancelled{false};
  Guarded<OpenCursor> open_cursor;

  // Runs `ask` on the stream's connection. Reading thread.
  template <class Ask>
  auto inspect(Ask&& ask) -> decltype(std::forward<Ask>(ask)(std::declval<MongoConnection&>()));
  // Runs `read` on the lane's connection. The thread of the lane.
  template <class Read>
  auto read_lane(std::size_t lane, Read&& read)
      -> decltype(std::forward<Read>(read)(std::declval<MongoConnection&>()));

  Status connect();
  void disconnect();
  void close_stream();
  Result<Position> open(const StartPoint& start);
  Result<ChangeCursor> open_cursor_at(const StreamDefinition& wanted, const StartPoint& start);
};

template <class Ask>
auto MongoSource::State::inspect(Ask&& ask)
    -> decltype(std::forward<Ask>(ask)(std::declval<MongoConnection&>())) {
  const Status connected = connect();
  if (!connected.ok()) return connected.error();
  auto result = std::forward<Ask>(ask)(*connection);
  // An open stream finds out by itself whether its connection is still good.
  if (!result.ok() && !cursor) disconnect();
  return result;
}

template <class Read>
auto MongoSource::State::read_lane(std::size_t lane, Read&& read)
    -> decltype(std::forward<Read>(read)(std::declval<MongoConnection&>())) {
  if (is_cancelled) return stopped();
  auto result = lanes.use(lane, std::forward<Read>(read));
  if (!result.ok() && is_cancelled) return stopped();
  return result;
}

Status MongoSource::State::connect() {
  if (connection) return ok_status();
  Result<std::unique_ptr<MongoConnection>> opened =
      MongoConnection::open(*pool, ClientUse::reading);
  if (!opened.ok()) return opened.error();
  connection = std::move(opened.value());
  return ok_status();
}

void MongoSource::State::close_stream() {
  open_cursor.with([](OpenCursor& shared) { shared.id = 0; });
  if (cursor) cursor->close();
  cursor.reset();
}

void MongoSource::State::disconnect() {
  close_stream();
  connection.reset();
}

Result<Position> MongoSource::State::open(const StartPoint& start) {
  const Status connected = connect();
  if (!connected.ok()) return connected.error();
  std::optional<StreamDefinition> wanted = definition;
  if (!wanted) {
    Result<StreamDefinition> defined = define_stream(*connection, options);
    if (!defined.ok()) return defined.error();
    wanted = std::move(defined.value());
  }
  Result<ChangeCursor> opened = open_cursor_at(*wanted, start);
  if (!opened.ok() && !definition && connection->last_code() == kUnknownStage) {
    wanted->splits_large_events = false;
    opened = open_cursor_at(*wanted, start);
  }
  if (!opened.ok()) return opened.error();
  definition = std::move(wanted);
  cursor.emplace(std::move(opened.value()));
  open_cursor.with([this](OpenCursor& shared) { shared = cursor->open_cursor(); });
  return cursor->end();
}

Result<ChangeCursor> MongoSource::State::open_cursor_at(const StreamDefinition& wanted,
                                                        const StartPoint& start) {
  const StartPoint from = usable_start(wanted, start);
  const auto* at = std::get_if<StartAtTime>(&from);
  if (at != nullptr && at->time.is_zero()) {
    return Error{ErrorKind::source_refused,
                 "open the change stream: a position without token and time",
                 "set stream.start, with a new state file and without the row in relay.checkpoint"};
  }
  return ChangeCursor::open(
      *connection,
      wanted,
      from,
      {.batch_size = options.batch_size, .form = form, .await = options.await});
}

MongoSource::MongoSource(std::unique_ptr<State> state) : state_(std::move(state)) {}

MongoSource::~MongoSource() {
  state_->disconnect();
}

Result<std::unique_ptr<MongoSource>> MongoSource::make(MongoSourceOptions options) {
  Result<std::unique_ptr<MongoPool>> pool = MongoPool::make(options.uri, options.connect_timeout);
  if (!pool.ok()) return pool.error();
  auto state = std::make_unique<State>(std::move(options), std::move(pool.value()));
  return std::unique_ptr<MongoSource>(new MongoSource(std::move(state)));
}

Result<Position> MongoSource::open(const StartPoint& start) {
  if (state_->is_cancelled) return stopped();
  state_->close_stream();
  Result<Position> opened = state_->open(start);
  if (!opened.ok()) state_->disconnect();
  // cancel() either saw the cursor and killed it, or came before and is seen here.
  if (state_->is_cancelled) return stopped();
  return opened;
}

void MongoSource::set_form(ReplyForm form) {
  state_->form = form;
}

void MongoSource::set_await(std::chrono::milliseconds await) {
  state_->options.await = await;
  if (state_->cursor) state_->cursor->set_await(await);
}

Result<Reply> MongoSource::next() {
  if (state_->is_cancelled) return stopped();
  CHECK(state_->cursor.has_value(), "next() on a stream that is not open");
  Result<Reply> reply = state_->cursor->next();
  if (state_->is_cancelled && !reply.ok()) return stopped();
  if (!reply.ok()) {
    state_->disconnect();
  } else if (reply.value().is_last) {
    state_->close_stream();
  }
  return reply;
}

void MongoSource::cancel() {
  state_->is_cancelled = true;
  // Frees whoever reads, also from a server that hangs.
  state_->pool->sockets().cut(ClientUse::reading);
  // The server notices within a second that nobody waits any more, but keeps the cursor for ten
  // minutes. When it does not even hear this, look-ups and farewells would wait for nothing.
  const bool is_answering = stop_cursor(state_->options.uri, state_->open_cursor.copy());
  if (!is_answering) state_->pool->sockets().close();
}

void MongoSource::end_vain_waits() {
  state_->silence.look();
}

Result<ClusterTime> MongoSource::current_time() {
  return state_->inspect([](MongoConnection& connection) { return read_source_time(connection); });
}

Status MongoSource::look_up(const LookUp& request, const std::function<bool(RawDocument)>& visit) {
  return state_->documents.run(request, visit);
}

Result<std::vector<CollectionInfo>> MongoSource::list_collections() {
  Result<std::vector<CollectionInfo>> all = state_->inspect([this](MongoConnection& connection) {
    return relay::list_collections(connection, state_->options.scope.database);
  });
  if (all.ok()) {
    std::erase_if(all.value(), [](const CollectionInfo& collection) {
      return is_system_collection(view_of(collection.ns));
    });
  }
  return all;
}

Result<CollectionSplit> MongoSource::split(const SplitRequest& request) {
  return state_->read_lane(request.lane, [&request](MongoConnection& connection) {
    return split_collection(connection, request);
  });
}

Result<Chunk> MongoSource::read_chunk(const ChunkRequest& request) {
  return state_->read_lane(request.lane, [&request](MongoConnection& connection) {
    return relay::read_chunk(connection, request);
  });
}

Result<FoundKeys> MongoSource::find_keys(const KeyCheck& request) {
  return state_->read_lane(request.lane, [&request](MongoConnection& connection) {
    return relay::find_keys(connection, request);
  });
}

Result<std::optional<OplogFacts>> MongoSource::read_oplog() {
  return state_->read_lane(
      kOplogLane, [](MongoConnection& connection) { return relay::read_oplog(connection); });
}

std::string MongoSource::pipeline_hash() const {
  CHECK(state_->definition.has_value(), "pipeline_hash() before the first open()");
  return hash_of(*state_->definition);
}

std::string source_driver_version() {
  return std::string("libmongoc ") + mongoc_get_version();
}

}  // namespace relay
