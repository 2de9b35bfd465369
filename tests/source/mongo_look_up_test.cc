// Fetching current versions of documents by key.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/captured.h"
#include "source/mongo_fixture.h"

namespace relay {
namespace {

std::vector<RawDocument> views_of(const std::vector<BsonDocument>& documents) {
  std::vector<RawDocument> views;
  for (const BsonDocument& document : documents)
    views.push_back(document.view());
  return views;
}

std::vector<BsonDocument> int_keys(int first, int count) {
  std::vector<BsonDocument> keys;
  for (int id = first; id < first + count; ++id)
    keys.push_back(BsonDocument().add_int32("_id", id));
  return keys;
}

std::int32_t id_of(RawDocument document) {
  bson_iter_t at;
  return find_field(document, "_id", at) ? bson_iter_int32(&at) : -1;
}

class MongoLookUpTest : public testing::Test {
 protected:
  // Every _id found, sorted; found twice is here twice.
  std::vector<std::int32_t> look_up(const std::string& collection,
                                    const std::vector<BsonDocument>& keys) {
    std::vector<std::int32_t> ids;
    const std::vector<RawDocument> views = views_of(keys);
    const Status done = source->look_up(
        {{database, collection}, views, time_of(shell.run("admin", R"({"ping": 1})"))},
        [&](RawDocument document) {
          ids.push_back(id_of(document));
          return true;
        });
    EXPECT_TRUE(done.ok()) << done.error().message;
    std::ranges::sort(ids);
    return ids;
  }

  MongoShell shell;
  const std::string database = fresh_database();
  std::unique_ptr<MongoSource> source = make_source(options_for({.database = database}));
};

TEST_F(MongoLookUpTest, FiveThousandKeysAreFoundOnceEach) {
  shell.insert_many(database, "a", 0, 6'000);
  const std::vector<std::int32_t> ids = look_up("a", int_keys(500, 5'000));
  ASSERT_EQ(ids.size(), 5'000U);
  for (std::size_t i = 0; i < ids.size(); ++i)
    ASSERT_EQ(ids[i], static_cast<std::int32_t>(500 + i));
}

TEST_F(MongoLookUpTest, DocumentsOfSeveralRepliesAllCome) {
  shell.insert_many(database, "a", 0, 40, 1'000'000);
  EXPECT_EQ(look_up("a", int_keys(0, 40)).size(), 40U);
}

TEST_F(MongoLookUpTest, MissingDocumentsAreLeftOut) {
  shell.insert_many(database, "a", 0, 3);
  EXPECT_EQ(look_up("a", int_keys(1, 4)), (std::vector<std::int32_t>{1, 2}));
  EXPECT_TRUE(look_up("a", int_keys(100, 2)).empty());
  EXPECT_TRUE(look_up("never_made", int_keys(1, 1)).empty());
}

TEST_F(MongoLookUpTest, WholeDocumentComes) {
  shell.run(database, R"({"insert": "a", "documents": [{"_id": 1, "x": {"y": [1, 2]}}]})");
  const std::vector<BsonDocument> keys = int_keys(1, 1);
  const std::vector<RawDocument> views = views_of(keys);
  std::string json;
  const Status done = source->look_up({{database, "a"}, views, {}}, [&](RawDocument document) {
    bson_t view;
    EXPECT_TRUE(bson_init_static(&view, document.data(), document.size()));
    char* text = bson_as_relaxed_extended_json(&view, nullptr);
    json = text;
    bson_free(text);
    return true;
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(json, R"({ "_id" : 1, "x" : { "y" : [ 1, 2 ] } })");
}

TEST_F(MongoLookUpTest, VisitorCanEndItEarlyAndTheNextLookUpWorks) {
  shell.insert_many(database, "a", 0, 40, 1'000'000);
  const std::vector<BsonDocument> keys = int_keys(0, 40);
  const std::vector<RawDocument> views = views_of(keys);
  int visits = 0;
  const std::int64_t open_before = shell.open_cursors();
  const Status done =
      source->look_up({{database, "a"}, views, {}}, [&](RawDocument) { return ++visits < 2; });
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(visits, 2);
  EXPECT_EQ(look_up("a", keys).size(), 40U);
  EXPECT_LE(shell.open_cursors(), open_before) << "a cursor was left behind on the server";
}

// The whole way of a key of each kind: into the collection, out of the stream, back into the query.
TEST_F(MongoLookUpTest, EveryKindOfIdIsFound) {
  shell.run(database, R"({"create": "k"})");
  BsonArray documents;
  std::size_t inserted = 0;
  for (const CapturedLine& line : load_captured("captured-6.0.5.jsonl")) {
    bson_iter_t at;
    if (line.group != "keys" || !find_field(line.view(), "operationType", at) ||
        std::string_view(bson_iter_utf8(&at, nullptr)) != "insert" ||
        !find_field(line.view(), "fullDocument", at)) {
      continue;
    }
    std::uint32_t length = 0;
    const std::uint8_t* bytes = nullptr;
    bson_iter_document(&at, &length, &bytes);
    BsonDocument document;
    bson_t view;
    ASSERT_TRUE(bson_init_static(&view, bytes, length));
    bson_concat(&document.raw(), &view);
    documents.add_document(document);
    ++inserted;
  }
  ASSERT_GT(inserted, 25U);
  ASSERT_TRUE(source->open(StartNow{}).ok());
  BsonDocument insert;
  insert.add_text("insert", "k").add_array("documents", documents.items());
  insert.add_bool("ordered", false);
  try {
    shell.run(database, insert);
  } catch (const std::runtime_error&) {
    // Two captured documents may have equal _ids; what was refused is no event below either.
  }

  std::set<std::vector<std::uint8_t>> asked;
  std::vector<std::vector<std::uint8_t>> keys;
  for (bool is_done = false; !is_done;) {
    const Result<Reply> reply = source->next();
    ASSERT_TRUE(reply.ok());
    is_done = reply.value().event_count == 0;
    bson_iter_t event;
    if (!start_reading(reply.value().events, event)) continue;
    while (bson_iter_next(&event)) {
      bson_iter_t fields;
      ASSERT_TRUE(bson_iter_recurse(&event, &fields) && bson_iter_find(&fields, "documentKey"));
      std::uint32_t length = 0;
      const std::uint8_t* bytes = nullptr;
      bson_iter_document(&fields, &length, &bytes);
      keys.emplace_back(bytes, bytes + length);
      asked.emplace(bytes, bytes + length);
    }
  }
  ASSERT_GT(asked.size(), 25U);
  // One at a time, so that no key is found by another's query.
  for (const std::vector<std::uint8_t>& key : keys) {
    const std::vector<RawDocument> one = {RawDocument(key)};
    int found = 0;
    const Status done = source->look_up({{database, "k"}, one, {}}, [&](RawDocument document) {
      // Found by the same bytes: the key is length, type, "_id", NUL, value, end.
      EXPECT_TRUE(std::equal(key.begin() + 4, key.end() - 1, document.begin() + 4));
      ++found;
      return true;
    });
    EXPECT_TRUE(done.ok()) << done.error().message;
    EXPECT_EQ(found, 1);
  }
}

// A document is looked up because an event said it changed: an older version would lose that
// change.
TEST_F(MongoLookUpTest, VersionIsNotOlderThanTheEvent) {
  shell.insert_many(database, "a", 1, 1);
  const std::vector<BsonDocument> keys = int_keys(1, 1);
  const std::vector<RawDocument> views = views_of(keys);
  for (int n = 1; n <= 50; ++n) {
    const ClusterTime written =
        time_of(shell.run(database,
                          R"({"update": "a", "updates": [{"q": {"_id": 1}, "u": {"$set": {"n": )" +
                              std::to_string(n) + R"(}}}], "writeConcern": {"w": 1}})"));
    std::int64_t seen = 0;
    const Status done =
        source->look_up({{database, "a"}, views, written}, [&](RawDocument document) {
          bson_iter_t at;
          if (find_field(document, "n", at)) seen = bson_iter_as_int64(&at);
          return true;
        });
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_EQ(seen, n);
  }
}

TEST_F(MongoLookUpTest, FailureIsReportedAndTheNextLookUpWorks) {
  shell.insert_many(database, "a", 0, 3);
  const std::vector<BsonDocument> keys = int_keys(0, 3);
  const std::vector<RawDocument> views = views_of(keys);
  const auto kind_now = [&] {
    const Status done =
        source->look_up({{database, "a"}, views, {}}, [](RawDocument) { return true; });
    return done.ok() ? ErrorKind::stopped : done.error().kind;
  };
  shell.fail_command("find", R"("errorCode": 13)");
  EXPECT_EQ(kind_now(), ErrorKind::source_refused);
  shell.fail_command("find", R"("errorCode": 11602)");
  EXPECT_EQ(kind_now(), ErrorKind::source_unavailable);
  shell.fail_command("find", R"("closeConnection": true)");
  EXPECT_EQ(kind_now(), ErrorKind::source_unavailable);
  EXPECT_EQ(look_up("a", keys).size(), 3U);
}

}  // namespace
}  // namespace relay
