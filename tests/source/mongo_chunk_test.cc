// Reading a collection in chunks: every document once, whatever its _id, at a known time.
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "source/mongo_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

KeyBound bound_of(RawDocument document, bool is_exclusive = false) {
  bson_iter_t at;
  if (!find_field(document, "_id", at)) return {};
  const BsonDocument key = BsonDocument().add_value("_id", at);
  return {{key.view().begin(), key.view().end()}, is_exclusive};
}

KeyBound bound_of(const std::string& id_json, bool is_exclusive = false) {
  return bound_of(from_json(R"({"_id": )" + id_json + "}").view(), is_exclusive);
}

std::string id_text(RawDocument document) {
  bson_iter_t at;
  if (!find_field(document, "_id", at)) return "none";
  return BsonDocument().add_value("_id", at).json();
}

class MongoChunkTest : public testing::Test {
 protected:
  // The _ids of the range, read chunk by chunk.
  std::vector<std::string> read(ChunkRequest request) {
    std::vector<std::string> ids;
    chunk_count = 0;
    request.ns = {database, "a"};
    while (true) {
      const Result<Chunk> chunk = source->read_chunk(request);
      if (!chunk.ok()) {
        ADD_FAILURE() << chunk.error().message;
        return ids;
      }
      ++chunk_count;
      EXPECT_LE(chunk.value().low, chunk.value().high);
      EXPECT_LE(chunk.value().documents.size(), request.documents_max + 1);
      for (const RawDocument document : chunk.value().documents)
        ids.push_back(id_text(document));
      if (!chunk.value().next) return ids;
      EXPECT_TRUE(chunk.value().next->is_exclusive);
      request.from = *chunk.value().next;
    }
  }

  // Documents that the server has ever returned to anybody.
  std::int64_t returned() { return shell.status_number("metrics.document.returned"); }

  ErrorKind kind_now() {
    const Result<Chunk> chunk = source->read_chunk({.ns = {database, "a"}});
    return chunk.ok() ? ErrorKind::stopped : chunk.error().kind;
  }

  MongoShell shell;
  const std::string database = fresh_database();
  std::unique_ptr<MongoSource> source = make_source(options_for({.database = database}));
  int chunk_count = 0;
};

struct Kind {
  std::string name;
  std::string create;
};

class MixedIdsTest : public MongoChunkTest, public testing::WithParamInterface<Kind> {
 protected:
  void SetUp() override {
    shell.run(database, R"({"create": "a")" + GetParam().create + "}");
    BsonArray documents;
    for (const std::string id : {R"({"$minKey": 1})",
                                 "null",
                                 R"({"$numberDouble": "NaN"})",
                                 "-1.5",
                                 "1",
                                 R"({"$numberDecimal": "2.50"})",
                                 R"({"$numberLong": "7000000000"})",
                                 R"("")",
                                 R"("B")",
                                 R"("a")",
                                 R"("c")",
                                 "{}",
                                 R"({"_id": 3})",
                                 R"({"a": 1, "b": {"c": null}})",
                                 R"({"$binary": {"base64": "eA==", "subType": "00"}})",
                                 R"({"$oid": "0123456789abcdef01234567"})",
                                 "true",
                                 R"({"$date": "2024-01-01T00:00:00Z"})",
                                 R"({"$timestamp": {"t": 1, "i": 1}})",
                                 R"({"$maxKey": 1})"}) {
      documents.add_document(from_json(R"({"_id": )" + id + "}"));
    }
    BsonDocument insert;
    insert.add_text("insert", "a").add_array("documents", documents.items());
    shell.run(database, insert);
    const BsonDocument sorted = shell.run(database, R"({"find": "a", "sort": {"_id": 1}})");
    bson_iter_t at;
    bson_iter_t batch;
    bson_iter_t entry;
    ASSERT_TRUE(start_reading(sorted.view(), at) &&
                bson_iter_find_descendant(&at, "cursor.firstBatch", &batch) &&
                bson_iter_recurse(&batch, &entry));
    while (bson_iter_next(&entry)) {
      std::uint32_t length = 0;
      const std::uint8_t* bytes = nullptr;
      bson_iter_document(&entry, &length, &bytes);
      all.push_back(id_text({bytes, length}));
      bounds.push_back(bound_of(RawDocument(bytes, length)));
    }
    ASSERT_EQ(all.size(), 20U);
  }

  std::vector<std::string> all;  // In the server's order.
  std::vector<KeyBound> bounds;  // The same, as bounds.
};

TEST_P(MixedIdsTest, ComeOnceInTheServersOrder) {
  for (const std::size_t documents_max : {1U, 2U, 3U, 7U, 20U, 100U}) {
    EXPECT_EQ(read({.documents_max = documents_max}), all) << documents_max;
  }
}

TEST_P(MixedIdsTest, ComeOnceFromTheRangesOnBothSidesOfAny) {
  for (std::size_t i = 1; i < bounds.size(); ++i) {
    std::vector<std::string> ids = read({.to = bounds[i], .documents_max = 6});
    EXPECT_EQ(ids.size(), i);
    for (std::string& id : read({.from = bounds[i], .documents_max = 6}))
      ids.push_back(std::move(id));
    EXPECT_EQ(ids, all) << all[i];
  }
}

TEST_P(MixedIdsTest, ExclusiveBeginningIsLeftOut) {
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    KeyBound from = bounds[i];
    from.is_exclusive = true;
    const std::vector<std::string> rest(all.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                        all.end());
    EXPECT_EQ(read({.from = from}), rest) << all[i];
    if (i + 1 == bounds.size()) break;
    EXPECT_TRUE(read({.from = from, .to = bounds[i + 1]}).empty()) << all[i];
  }
}

INSTANTIATE_TEST_SUITE_P(
    Collections,
    MixedIdsTest,
    testing::Values(Kind{"Plain", ""},
                    Kind{"Collated", R"(, "collation": {"locale": "en", "strength": 2})"},
                    Kind{"Clustered", R"(, "clusteredIndex": {"key": {"_id": 1}, "unique": true})"},
                    Kind{"ClusteredAndCollated",
                         R"(, "clusteredIndex": {"key": {"_id": 1}, "unique": true},
                "collation": {"locale": "en", "strength": 2})"}),
    [](const auto& test) { return test.param.name; });

TEST_F(MongoChunkTest, MissingAndEmptyCollectionsAreDoneAtOnce) {
  EXPECT_TRUE(read({}).empty());
  EXPECT_TRUE(read({.from = bound_of("5")}).empty());
  EXPECT_TRUE(read({.from = bound_of("5"), .to = bound_of("7")}).empty());
  shell.run(database, R"({"create": "a"})");
  EXPECT_TRUE(read({}).empty());
  EXPECT_TRUE(read({.from = bound_of("5")}).empty());
  EXPECT_EQ(chunk_count, 1);
  shell.insert(database, "a", "6");
  EXPECT_EQ(read({}).size(), 1U);
  EXPECT_EQ(read({.from = bound_of("5"), .to = bound_of("7")}).size(), 1U);
}

TEST_F(MongoChunkTest, BoundNeedNotExist) {
  shell.insert_many(database, "a", 0, 10);
  EXPECT_EQ(read({.from = bound_of("4.5", true), .to = bound_of(R"("x")")}).size(), 5U);
}

TEST_F(MongoChunkTest, TheServerSendsEachSmallDocumentOnce) {
  shell.insert_many(database, "a", 0, 30'000, 1'000);
  const std::int64_t before = returned();
  EXPECT_EQ(read({.documents_max = 7'000}).size(), 30'000U);
  EXPECT_EQ(chunk_count, 5);
  EXPECT_LE(returned() - before, 30'000 * 105 / 100);
}

TEST_F(MongoChunkTest, TheServerSendsEachLargeDocumentOnceAndMemoryIsBounded) {
  shell.insert_many(database, "a", 0, 40, 5'000'000);
  const std::int64_t before = returned();
  ChunkRequest request{.ns = {database, "a"}, .bytes_max = 8'000'000};
  int seen = 0;
  while (true) {
    const Result<Chunk> chunk = source->read_chunk(request);
    ASSERT_TRUE(chunk.ok()) << chunk.error().message;
    std::size_t held = 0;
    for (const RawBuffer& reply : chunk.value().replies)
      held += reply.view().size();
    EXPECT_LE(held, 8'000'000U + (17U << 20U));
    EXPECT_GE(held, chunk.value().byte_count);
    seen += static_cast<int>(chunk.value().documents.size());
    if (!chunk.value().next) break;
    request.from = *chunk.value().next;
  }
  EXPECT_EQ(seen, 40);
  EXPECT_LE(returned() - before, 42);
}

TEST_F(MongoChunkTest, RepliesOfSmallDocumentsStayBelowFourMegabytes) {
  shell.insert_many(database, "a", 0, 12'000, 1'000);
  const Result<Chunk> chunk =
      source->read_chunk({.ns = {database, "a"}, .documents_max = 20'000, .bytes_max = 32U << 20U});
  ASSERT_TRUE(chunk.ok());
  EXPECT_EQ(chunk.value().documents.size(), 12'000U);
  EXPECT_LE(chunk.value().replies.size(), 12U);
  for (const RawBuffer& reply : chunk.value().replies)
    EXPECT_LT(reply.view().size(), 4U << 20U);
}

TEST_F(MongoChunkTest, NoCursorIsLeftOnTheServer) {
  shell.insert_many(database, "a", 0, 100, 100'000);
  const std::int64_t open_before = shell.open_cursors();
  const Result<Chunk> chunk = source->read_chunk({.ns = {database, "a"}, .bytes_max = 3'000'000});
  ASSERT_TRUE(chunk.ok());
  EXPECT_TRUE(chunk.value().next.has_value());
  EXPECT_LE(shell.open_cursors(), open_before);
}

// Everything up to `low` is there, nothing later than `high`: the stream takes the rest from there.
TEST_F(MongoChunkTest, DocumentsAreOfTheTimeTheChunkSays) {
  shell.insert_many(database, "a", 1, 1);
  std::vector<ClusterTime> times;  // times[n]: when n was written.
  times.push_back({});
  for (int n = 1; n <= 200; ++n) {
    const auto write = [&] {
      times.push_back(time_of(
          shell.run(database,
                    R"({"update": "a", "updates": [{"q": {"_id": 1}, "u": {"$set": {"n": )" +
                        std::to_string(n) + R"(}}}], "writeConcern": {"w": 1}})")));
    };
    // Each second write runs beside the read.
    auto beside = std::async(n % 2 == 0 ? std::launch::async : std::launch::deferred, write);
    if (n % 2 == 1) beside.get();
    const Result<Chunk> chunk = source->read_chunk({.ns = {database, "a"}});
    if (n % 2 == 0) beside.get();
    ASSERT_TRUE(chunk.ok()) << chunk.error().message;
    bson_iter_t at;
    ASSERT_TRUE(find_field(chunk.value().documents.at(0), "n", at));
    const auto seen = static_cast<std::size_t>(bson_iter_as_int64(&at));
    EXPECT_LE(times.at(seen), chunk.value().high);
    if (seen + 1 < times.size()) {
      EXPECT_GT(times.at(seen + 1), chunk.value().low);
    }
    if (n % 2 == 1) {
      EXPECT_EQ(seen, static_cast<std::size_t>(n));
    }
  }
}

// The pipeline forgets the keys of events it has passed on before it asked for the chunk.
TEST_F(MongoChunkTest, LowIsNotOlderThanWhatTheStreamHasDelivered) {
  ASSERT_TRUE(source->open(StartNow{}).ok());
  for (int i = 0; i < 20; ++i) {
    shell.insert(database, "a", std::to_string(i));
    const std::vector<SeenEvent> events = read_events(*source, 1);
    const Result<Chunk> chunk = source->read_chunk({.ns = {database, "a"}});
    ASSERT_TRUE(chunk.ok());
    EXPECT_LE(events.at(0).time, chunk.value().low);
  }
}

// On an idle source too the stream gets to where a chunk can be merged.
TEST_F(MongoChunkTest, TheStreamReachesHighWithoutAnotherWrite) {
  shell.insert_many(database, "a", 0, 10);
  ASSERT_TRUE(source->open(StartNow{}).ok());
  const Result<Chunk> chunk = source->read_chunk({.ns = {database, "a"}});
  ASSERT_TRUE(chunk.ok());
  read_to(*source, chunk.value().high);
}

TEST_F(MongoChunkTest, FailureIsReportedAndTheNextReadWorks) {
  shell.insert_many(database, "a", 0, 100);
  using enum ErrorKind;
  const std::vector<std::pair<int, ErrorKind>> codes = {{175, source_unavailable},
                                                        {43, source_unavailable},
                                                        {136, source_unavailable},
                                                        {246, source_unavailable},
                                                        {239, source_unavailable},
                                                        {11'602, source_unavailable},
                                                        {13, source_refused},
                                                        {8, source_unknown}};
  for (const std::string command : {"find", "getMore"}) {
    for (const auto& [code, kind] : codes) {
      shell.fail_command(command, R"("errorCode": )" + std::to_string(code));
      EXPECT_EQ(kind_now(), kind) << command << " " << code;
    }
    shell.fail_command(command, R"("closeConnection": true)");
    EXPECT_EQ(kind_now(), source_unavailable) << command;
  }
  shell.clear_failures();
  EXPECT_EQ(read({}).size(), 100U);
}

TEST_F(MongoChunkTest, LanesReadSideBySide) {
  shell.insert_many(database, "a", 0, 1'000);
  shell.fail_command("find", R"("blockConnection": true, "blockTimeMS": 3000)");
  auto slow = std::async(std::launch::async,
                         [&] { return source->read_chunk({.lane = 0, .ns = {database, "a"}}); });
  ASSERT_TRUE(wait_until(60s, [&] { return shell.is_relay_running("find"); }));
  const Result<Chunk> other = source->read_chunk({.lane = 7, .ns = {database, "a"}});
  EXPECT_EQ(slow.wait_for(0s), std::future_status::timeout) << "the other lane was not held up";
  ASSERT_TRUE(other.ok()) << other.error().message;
  EXPECT_EQ(other.value().documents.size(), 1'000U);
  EXPECT_TRUE(slow.get().ok());
}

}  // namespace
}  // namespace relay
