#include "source/mongo_fixture.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include "source/cursor_reply.h"
#include "source/resume_token.h"

namespace relay {

namespace {

constexpr std::chrono::seconds kPatience{20};

std::string text_at(RawDocument document, const char* path) {
  bson_iter_t at;
  bson_iter_t found;
  if (!start_reading(document, at) || !bson_iter_find_descendant(&at, path, &found) ||
      !BSON_ITER_HOLDS_UTF8(&found)) {
    return {};
  }
  std::uint32_t length = 0;
  const char* text = bson_iter_utf8(&found, &length);
  return {text, length};
}

RawDocument document_at(RawDocument document, const char* field) {
  bson_iter_t at;
  if (!find_field(document, field, at) || !BSON_ITER_HOLDS_DOCUMENT(&at)) return {};
  std::uint32_t length = 0;
  const std::uint8_t* bytes = nullptr;
  bson_iter_document(&at, &length, &bytes);
  return {bytes, length};
}

std::string json_of(RawDocument document) {
  bson_t view;
  if (document.empty() || !bson_init_static(&view, document.data(), document.size())) return {};
  char* text = bson_as_canonical_extended_json(&view, nullptr);
  if (text == nullptr) return "not printable";
  std::string json(text);
  bson_free(text);
  return json;
}

}  // namespace

MongoServer& shared_server() {
  static MongoServer server;
  return server;
}

std::string fresh_database() {
  static int count = 0;
  return "t" + std::to_string(++count);
}

MongoShell::MongoShell(const std::string& uri) {
  mongoc_init();
  client_.reset(mongoc_client_new(uri.c_str()));
  if (!client_) throw std::runtime_error("not a connection string");
  mongoc_client_set_error_api(client_.get(), MONGOC_ERROR_API_VERSION_2);
  mongoc_client_set_appname(client_.get(), "test");
}

BsonDocument MongoShell::run(const std::string& database, const BsonDocument& command) {
  BsonDocument reply;
  bson_destroy(&reply.raw());
  bson_error_t error;
  const bool is_ok = mongoc_client_command_simple(
      client_.get(), database.c_str(), &command.raw(), nullptr, &reply.raw(), &error);
  if (!is_ok) throw std::runtime_error(error.message);
  bson_iter_t at;
  if (find_field(reply.view(), "writeErrors", at)) throw std::runtime_error(reply.json());
  return reply;
}

BsonDocument MongoShell::run(const std::string& database, const std::string& command_json) {
  return run(database, from_json(command_json));
}

void MongoShell::insert(const std::string& database,
                        const std::string& collection,
                        const std::string& id_json) {
  run(database,
      R"({"insert": ")" + collection + R"(", "documents": [{"_id": )" + id_json + R"(, "n": 0}]})");
}

void MongoShell::insert_many(const std::string& database,
                             const std::string& collection,
                             int first,
                             int count,
                             std::size_t pad) {
  const std::string text(pad, 'x');
  // A command has room for 16 MB.
  const int in_one = static_cast<int>(std::clamp<std::size_t>(14'000'000 / (pad + 1), 1, 10'000));
  for (int done = 0; done < count; done += in_one) {
    BsonArray documents;
    for (int id = first + done; id < first + std::min(done + in_one, count); ++id) {
      documents.add_document(BsonDocument().add_int32("_id", id).add_text("pad", text));
    }
    BsonDocument command;
    command.add_text("insert", collection).add_array("documents", documents.items());
    run(database, command);
  }
}

void MongoShell::transaction(const std::vector<std::pair<std::string, std::string>>& commands) {
  bson_error_t error;
  mongoc_client_session_t* session = mongoc_client_start_session(client_.get(), nullptr, &error);
  bool is_ok =
      session != nullptr && mongoc_client_session_start_transaction(session, nullptr, &error);
  for (const auto& [database, json] : commands) {
    BsonDocument options;
    is_ok = is_ok && mongoc_client_session_append(session, &options.raw(), &error) &&
            mongoc_client_write_command_with_opts(client_.get(),
                                                  database.c_str(),
                                                  &from_json(json).raw(),
                                                  &options.raw(),
                                                  nullptr,
                                                  &error);
  }
  is_ok = is_ok && mongoc_client_session_commit_transaction(session, nullptr, &error);
  if (session != nullptr) mongoc_client_session_destroy(session);
  if (!is_ok) throw std::runtime_error(error.message);
}

void MongoShell::fail_command(const std::string& command, const std::string& data, int times) {
  run("admin",
      R"({"configureFailPoint": "failCommand", "mode": {"times": )" + std::to_string(times) +
          R"(}, "data": {"failCommands": [")" + command + R"("], "appName": "relay", )" + data +
          "}}");
}

void MongoShell::clear_failures() {
  run("admin", R"({"configureFailPoint": "failCommand", "mode": "off"})");
}

bool MongoShell::is_relay_running(const std::string& command) {
  const BsonDocument reply = run("admin",
                                 R"({"currentOp": 1, "active": true, "appName": "relay",
                                     "command.)" +
                                     command + R"(": {"$exists": true}})");
  bson_iter_t at;
  bson_iter_t entries;
  return find_field(reply.view(), "inprog", at) && bson_iter_recurse(&at, &entries) &&
         bson_iter_next(&entries);
}

std::int64_t MongoShell::status_number(const char* path) {
  const BsonDocument status = run("admin", R"({"serverStatus": 1})");
  bson_iter_t at;
  bson_iter_t found;
  if (!start_reading(status.view(), at) || !bson_iter_find_descendant(&at, path, &found)) {
    throw std::runtime_error(std::string("serverStatus has no ") + path);
  }
  return bson_iter_as_int64(&found);
}

BsonDocument from_json(const std::string& json) {
  bson_error_t error;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the driver's type for bytes.
  bson_t* parsed = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(json.data()),
                                      static_cast<ssize_t>(json.size()),
                                      &error);
  if (parsed == nullptr) throw std::runtime_error(json + ": " + error.message);
  BsonDocument document;
  bson_concat(&document.raw(), parsed);
  bson_destroy(parsed);
  return document;
}

ClusterTime time_of(const BsonDocument& reply) {
  return find_time(reply.view(), "operationTime").value();
}

std::vector<SeenEvent> events_of(const Reply& reply) {
  std::vector<SeenEvent> events;
  std::size_t offset = 0;
  while (const std::optional<RawDocument> event = next_document(reply.events, offset)) {
    SeenEvent seen;
    seen.operation = text_at(*event, "operationType");
    seen.ns = text_at(*event, "ns.db") + "." + text_at(*event, "ns.coll");
    seen.key = json_of(document_at(*event, "documentKey"));
    seen.token = read_token(document_at(*event, "_id")).value_or("");
    seen.time = find_time(*event, "clusterTime").value_or(ClusterTime{});
    seen.has_delta = !document_at(*event, "updateDescription").empty();
    events.push_back(std::move(seen));
  }
  EXPECT_EQ(events.size(), reply.event_count);
  return events;
}

MongoSourceOptions options_for(StreamScope scope, const std::string& uri) {
  return {.uri = Secret(uri),
          .scope = std::move(scope),
          .await = std::chrono::milliseconds(20),
          .connect_timeout = std::chrono::seconds(10)};
}

std::unique_ptr<MongoSource> make_source(MongoSourceOptions options) {
  Result<std::unique_ptr<MongoSource>> made = MongoSource::make(std::move(options));
  if (!made.ok()) throw std::runtime_error(made.error().message);
  return std::move(made.value());
}

static std::vector<SeenEvent> read_until(
    MongoSource& source, const std::function<bool(const Reply&, std::size_t)>& is_enough) {
  std::vector<SeenEvent> events;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const Result<Reply> reply = source.next();
    if (!reply.ok()) {
      ADD_FAILURE() << reply.error().message;
      return events;
    }
    for (SeenEvent& event : events_of(reply.value()))
      events.push_back(std::move(event));
    if (is_enough(reply.value(), events.size())) return events;
    if (reply.value().is_last || std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "the stream ended after " << events.size() << " events";
      return events;
    }
  }
}

std::vector<SeenEvent> read_events(MongoSource& source, std::size_t count) {
  return read_until(source, [count](const Reply&, std::size_t seen) { return seen >= count; });
}

std::vector<SeenEvent> read_to(MongoSource& source, ClusterTime time) {
  return read_until(source, [time](const Reply& reply, std::size_t) {
    return reply.event_count == 0 && reply.end.cluster_time >= time;
  });
}

std::vector<std::string> texts_of(const std::vector<SeenEvent>& events) {
  std::vector<std::string> texts;
  for (const SeenEvent& event : events)
    texts.push_back(event.text());
  return texts;
}

std::vector<std::string> tokens_of(const std::vector<SeenEvent>& events) {
  std::vector<std::string> tokens;
  for (const SeenEvent& event : events)
    tokens.push_back(event.token);
  return tokens;
}

}  // namespace relay
