// Cutting collections into ranges, looking for keys, and listing what there is.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/mongo_fixture.h"

namespace relay {
namespace {

// Counts of the documents in the parts, read part by part.
std::vector<std::size_t> part_sizes(MongoSource& source,
                                    NamespaceView ns,
                                    const CollectionSplit& split) {
  std::vector<std::size_t> sizes;
  for (std::size_t part = 0; part <= split.bounds.size(); ++part) {
    ChunkRequest request{.ns = ns};
    if (part > 0) request.from = split.bounds[part - 1];
    if (part < split.bounds.size()) request.to = split.bounds[part];
    std::size_t size = 0;
    while (true) {
      const Result<Chunk> chunk = source.read_chunk(request);
      if (!chunk.ok()) {
        ADD_FAILURE() << chunk.error().message;
        return sizes;
      }
      size += chunk.value().documents.size();
      if (!chunk.value().next) break;
      request.from = *chunk.value().next;
    }
    sizes.push_back(size);
  }
  return sizes;
}

std::size_t sum_of(const std::vector<std::size_t>& sizes) {
  std::size_t sum = 0;
  for (const std::size_t size : sizes)
    sum += size;
  return sum;
}

class MongoSplitTest : public testing::Test {
 protected:
  CollectionSplit split(std::size_t parts_max, std::uint64_t part_documents_min) {
    const Result<CollectionSplit> done = source->split(
        {.ns = {database, "a"}, .parts_max = parts_max, .part_documents_min = part_documents_min});
    EXPECT_TRUE(done.ok()) << done.error().message;
    return done.ok() ? done.value() : CollectionSplit();
  }

  MongoShell shell;
  const std::string database = fresh_database();
  std::unique_ptr<MongoSource> source = make_source(options_for({.database = database}));
};

TEST_F(MongoSplitTest, PartsOfALargeCollectionAreAboutEqualAndHoldEverything) {
  shell.insert_many(database, "a", 0, 50'000);
  const CollectionSplit parts = split(4, 1'000);
  EXPECT_EQ(parts.documents_estimated, 50'000U);
  ASSERT_EQ(parts.bounds.size(), 3U);
  const std::vector<std::size_t> sizes = part_sizes(*source, {database, "a"}, parts);
  EXPECT_EQ(sum_of(sizes), 50'000U);
  for (const std::size_t size : sizes) {
    // Random: twice or half the share would be ten standard deviations away.
    EXPECT_GT(size, 6'000U);
    EXPECT_LT(size, 25'000U);
  }
}

TEST_F(MongoSplitTest, PartsOfASmallCollectionAreEqual) {
  shell.insert_many(database, "a", 0, 400);
  const std::vector<std::size_t> sizes = part_sizes(*source, {database, "a"}, split(4, 100));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{100, 100, 100, 100}));
}

TEST_F(MongoSplitTest, FewOrNoDocumentsMakeOnePart) {
  EXPECT_TRUE(split(8, 100).bounds.empty()) << "it does not exist";
  EXPECT_EQ(split(8, 100).documents_estimated, 0U);
  shell.run(database, R"({"create": "a"})");
  EXPECT_TRUE(split(8, 0).bounds.empty()) << "it is empty";
  shell.insert(database, "a", "1");
  EXPECT_TRUE(split(8, 0).bounds.empty());
  EXPECT_EQ(split(8, 0).documents_estimated, 1U);
  shell.insert_many(database, "a", 10, 150);
  EXPECT_TRUE(split(8, 100).bounds.empty());
  EXPECT_TRUE(split(1, 10).bounds.empty());
}

// Only the server knows how it orders these.
TEST_F(MongoSplitTest, BoundsOfMixedAndCollatedIdsAscend) {
  shell.run(
      database,
      R"({"create": "a", "collation": {"locale": "en", "strength": 2, "numericOrdering": true}})");
  BsonArray documents;
  for (int i = 0; i < 100; ++i) {
    documents.add_document(BsonDocument().add_int32("_id", i));
    documents.add_document(
        BsonDocument().add_text("_id", (i % 2 == 0 ? "k" : "K") + std::to_string(i)));
    documents.add_document(BsonDocument().add_document("_id", BsonDocument().add_int32("i", i)));
    documents.add_document(BsonDocument().add_bool("_id", false).add_int32("n", i));
    if (i > 0) continue;
    documents.add_document(from_json(R"({"_id": null})"));
    documents.add_document(from_json(R"({"_id": {"$maxKey": 1}})"));
  }
  BsonDocument insert;
  insert.add_text("insert", "a").add_array("documents", documents.items());
  insert.add_bool("ordered", false);
  EXPECT_THROW(shell.run(database, insert), std::runtime_error) << "99 times false again";
  const std::vector<std::size_t> sizes = part_sizes(*source, {database, "a"}, split(8, 1));
  EXPECT_EQ(sizes.size(), 8U);
  EXPECT_EQ(sum_of(sizes), 303U);
  EXPECT_EQ(std::ranges::count(sizes, 0U), 0);
}

TEST_F(MongoSplitTest, LargeDocumentsAreSplitWithoutReadingThemAll) {
  shell.insert_many(database, "a", 0, 60, 2'000'000);
  const std::int64_t before = shell.status_number("metrics.queryExecutor.scannedObjects");
  EXPECT_EQ(split(3, 10).bounds.size(), 2U);
  EXPECT_LT(shell.status_number("metrics.queryExecutor.scannedObjects") - before, 30)
      << "the index alone says where to cut";
}

TEST_F(MongoSplitTest, ViewsAndTimeSeriesAreRefused) {
  shell.insert_many(database, "b", 0, 10);
  shell.run(database, R"({"create": "a", "viewOn": "b", "pipeline": []})");
  const Result<CollectionSplit> view = source->split({.ns = {database, "a"}, .parts_max = 2});
  ASSERT_FALSE(view.ok());
  EXPECT_EQ(view.error().kind, ErrorKind::source_refused);
  EXPECT_NE(view.error().hint.find("views"), std::string::npos);
  shell.run(database, R"({"create": "t", "timeseries": {"timeField": "at"}})");
  EXPECT_EQ(source->split({.ns = {database, "t"}, .parts_max = 2}).error().kind,
            ErrorKind::source_refused);
}

TEST_F(MongoSplitTest, FailureIsReportedAndTheNextSplitWorks) {
  shell.insert_many(database, "a", 0, 100);
  const auto kind_now = [&] {
    return source->split({.ns = {database, "a"}, .parts_max = 2}).error().kind;
  };
  shell.fail_command("aggregate", R"("errorCode": 13)");
  EXPECT_EQ(kind_now(), ErrorKind::source_refused);
  shell.fail_command("aggregate", R"("closeConnection": true)");
  EXPECT_EQ(kind_now(), ErrorKind::source_unavailable);
  shell.fail_command("ping", R"("errorCode": 11602)");
  EXPECT_EQ(source->read_chunk({.ns = {database, "a"}}).error().kind,
            ErrorKind::source_unavailable);
  EXPECT_EQ(split(2, 1).bounds.size(), 1U);
}

class MongoKeysTest : public MongoSplitTest {
 protected:
  Result<FoundKeys> find(const std::vector<BsonDocument>& keys) {
    std::vector<RawDocument> views;
    views.reserve(keys.size());
    for (const BsonDocument& key : keys)
      views.push_back(key.view());
    return source->find_keys({.ns = {database, "a"}, .keys = views});
  }
};

TEST_F(MongoKeysTest, ThoseThatExistAreFoundOnceEachAsTheyAre) {
  shell.insert_many(database, "a", 0, 5'000);
  std::vector<BsonDocument> keys;
  for (int id = 3'000; id < 7'000; ++id)
    keys.push_back(BsonDocument().add_int64("_id", id));
  const Result<FoundKeys> found = find(keys);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_LE(found.value().low, found.value().high);
  std::vector<std::string> sorted = found.value().keys;
  std::ranges::sort(sorted);
  EXPECT_EQ(sorted.size(), 2'000U);
  EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
  const BsonDocument as_stored = BsonDocument().add_int32("_id", 4'321);
  EXPECT_TRUE(std::ranges::binary_search(
      sorted, std::string(as_stored.view().begin(), as_stored.view().end())))
      << "with the type it has in the collection";
}

TEST_F(MongoKeysTest, KeysOfAllKindsAreFoundAndMissingCollectionsHaveNone) {
  std::vector<BsonDocument> keys;
  for (const std::string id : {R"({"$minKey": 1})",
                               "null",
                               R"({"$numberDouble": "NaN"})",
                               "1.5",
                               R"("x")",
                               R"({"a": {"b": 1}})",
                               R"({"$maxKey": 1})"}) {
    keys.push_back(from_json(R"({"_id": )" + id + "}"));
  }
  EXPECT_TRUE(find(keys).value().keys.empty());
  for (const BsonDocument& key : keys) {
    BsonDocument insert;
    insert.add_text("insert", "a").add_array("documents", BsonArray().add_document(key).items());
    shell.run(database, insert);
  }
  std::vector<std::string> found = find(keys).value().keys;
  std::ranges::sort(found);
  std::vector<std::string> expected;
  for (const BsonDocument& key : keys)
    expected.emplace_back(key.view().begin(), key.view().end());
  std::ranges::sort(expected);
  EXPECT_EQ(found, expected);
}

// What was deleted before the call is not found: the row may go.
TEST_F(MongoKeysTest, AnswerIsNotOlderThanTheCall) {
  for (int i = 0; i < 50; ++i) {
    shell.insert(database, "a", "1");
    const ClusterTime deleted =
        time_of(shell.run(database,
                          R"({"delete": "a", "deletes": [{"q": {"_id": 1}, "limit": 1}],
                              "writeConcern": {"w": 1}})"));
    const Result<FoundKeys> found = find({BsonDocument().add_int32("_id", 1)});
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found.value().keys.empty());
    EXPECT_GE(found.value().low, deleted);
  }
}

TEST(MongoListTest, EveryKindIsListedInTheScopeAndSystemCollectionsAreNot) {
  MongoShell shell;
  const std::string database = fresh_database();
  shell.run(database, R"({"create": "plain"})");
  shell.run(database, R"({"create": "look", "viewOn": "plain", "pipeline": []})");
  shell.run(database, R"({"create": "measures", "timeseries": {"timeField": "at"}})");
  shell.run(database,
            R"({"create": "fast", "clusteredIndex": {"key": {"_id": 1}, "unique": true}})");
  const std::string other = fresh_database();
  shell.run(other, R"({"create": "elsewhere"})");
  const auto list = [](StreamScope scope) {
    const auto source = make_source(options_for(std::move(scope)));
    const Result<std::vector<CollectionInfo>> listed = source->list_collections();
    std::map<std::string, CollectionKind> kinds;
    EXPECT_TRUE(listed.ok());
    for (const CollectionInfo& collection : listed.value())
      kinds[format_namespace(view_of(collection.ns))] = collection.kind;
    return kinds;
  };
  const std::map<std::string, CollectionKind> expected = {
      {database + ".plain", CollectionKind::collection},
      {database + ".fast", CollectionKind::collection},
      {database + ".look", CollectionKind::view},
      {database + ".measures", CollectionKind::time_series}};
  EXPECT_EQ(list({.database = database}), expected);
  std::map<std::string, CollectionKind> all = list({.everything = true});
  EXPECT_EQ(all.count(other + ".elsewhere"), 1U);
  EXPECT_EQ(all.count(database + ".look"), 1U);
  for (const auto& [name, kind] : all) {
    EXPECT_FALSE(name.starts_with("admin.") || name.starts_with("local.") ||
                 name.starts_with("config."))
        << name;
  }
}

// Many collections come in several replies.
TEST(MongoListTest, ManyCollectionsAreAllListed) {
  MongoShell shell;
  const std::string database = fresh_database();
  for (int i = 0; i < 250; ++i)
    shell.run(database, R"({"create": "c)" + std::to_string(i) + R"("})");
  const auto source = make_source(options_for({.database = database}));
  EXPECT_EQ(source->list_collections().value().size(), 250U);
  shell.run(database, R"({"dropDatabase": 1})");
  EXPECT_TRUE(source->list_collections().value().empty());
}

}  // namespace
}  // namespace relay
