// What a stream delivers: which events, in which order, from where on.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/captured.h"
#include "source/mongo_fixture.h"

namespace relay {
namespace {

using Texts = std::vector<std::string>;

// insert a 1, insert b 2, update a 1, replace b 2, delete a 1, delete b 2. The time after the last.
ClusterTime write_sequence(MongoShell& shell, const std::string& database) {
  shell.insert(database, "a", "1");
  shell.insert(database, "b", "2");
  shell.run(database,
            R"({"update": "a", "updates": [{"q": {"_id": 1}, "u": {"$set": {"n": 1}}}]})");
  shell.run(database, R"({"update": "b", "updates": [{"q": {"_id": 2}, "u": {"n": 2}}]})");
  shell.run(database, R"({"delete": "a", "deletes": [{"q": {"_id": 1}, "limit": 1}]})");
  return time_of(
      shell.run(database, R"({"delete": "b", "deletes": [{"q": {"_id": 2}, "limit": 1}]})"));
}

Texts sequence_texts(const std::string& database) {
  const std::string a = database + ".a";
  const std::string b = database + ".b";
  return {
      "insert " + a, "insert " + b, "update " + a, "replace " + b, "delete " + a, "delete " + b};
}

// Both collections exist, so that the sequence has no create events in it.
std::string database_with_two(MongoShell& shell) {
  const std::string database = fresh_database();
  shell.run(database, R"({"create": "a"})");
  shell.run(database, R"({"create": "b"})");
  return database;
}

TEST(MongoStreamTest, NowMeansWhatIsWrittenAfterOpen) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  shell.insert(database, "a", "0");
  const auto source =
      make_source(options_for({.database = database, .exact = {{database, "a"}, {database, "b"}}}));
  const Result<Position> opened = source->open(StartNow{});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_FALSE(opened.value().token.empty());
  EXPECT_FALSE(opened.value().cluster_time.is_zero());
  const ClusterTime end = write_sequence(shell, database);
  const std::vector<SeenEvent> events = read_to(*source, end);
  EXPECT_EQ(texts_of(events), sequence_texts(database));
  EXPECT_EQ(events[0].key, R"({ "_id" : { "$numberInt" : "1" } })");
}

TEST(MongoStreamTest, NobodyPaysForTheDeltaOfAnUpdate) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  for (const SeenEvent& event : read_to(*source, write_sequence(shell, database))) {
    EXPECT_FALSE(event.has_delta) << event.text();
  }
}

TEST(MongoStreamTest, FilterLeavesOutOtherCollectionsAndKeepsRenamesOntoAWantedOne) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .exact = {{database, "b"}}}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  write_sequence(shell, database);
  shell.insert(database, "a", "3");
  const ClusterTime end =
      time_of(shell.run("admin",
                        R"({"renameCollection": ")" + database + R"(.a", "to": ")" + database +
                            R"(.b", "dropTarget": true})"));
  EXPECT_EQ(texts_of(read_to(*source, end)),
            (Texts{"insert " + database + ".b",
                   "replace " + database + ".b",
                   "delete " + database + ".b",
                   "rename " + database + ".a"}));
}

TEST(MongoStreamTest, ClusterStreamCoversSeveralDatabasesAndFiltersByBothNames) {
  MongoShell shell;
  const std::string one = database_with_two(shell);
  const std::string two = database_with_two(shell);
  const auto all = make_source(options_for({.everything = true}));
  const auto some = make_source(options_for({.exact = {{one, "a"}, {two, "b"}}}));
  ASSERT_TRUE(all->open(StartNow{}).ok());
  ASSERT_TRUE(some->open(StartNow{}).ok());
  EXPECT_NE(all->pipeline_hash(), some->pipeline_hash());
  write_sequence(shell, one);
  const ClusterTime end = write_sequence(shell, two);
  Texts both = sequence_texts(one);
  std::ranges::copy(sequence_texts(two), std::back_inserter(both));
  EXPECT_EQ(texts_of(read_to(*all, end)), both);
  EXPECT_EQ(texts_of(read_to(*some, end)),
            (Texts{"insert " + one + ".a",
                   "update " + one + ".a",
                   "delete " + one + ".a",
                   "insert " + two + ".b",
                   "replace " + two + ".b",
                   "delete " + two + ".b"}));
}

TEST(MongoStreamTest, TimeIsInclusive) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const StreamScope scope{.database = database, .everything = true};
  const auto source = make_source(options_for(scope));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  const ClusterTime end = write_sequence(shell, database);
  const std::vector<SeenEvent> all = read_to(*source, end);
  ASSERT_EQ(all.size(), 6U);
  const Result<Position> opened = source->open(StartAtTime{all[2].time});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().cluster_time, all[2].time);
  EXPECT_EQ(texts_of(read_to(*source, end)), texts_of({all.begin() + 2, all.end()}));
}

// Positions are stored anywhere in a stream: behind keys of any type, between the events of one
// transaction. From each of them exactly the rest has to come.
void expect_exact_rest_after_each_event(const StreamScope& scope,
                                        ClusterTime from,
                                        ClusterTime to) {
  const auto source = make_source(options_for(scope));
  ASSERT_TRUE(source->open(StartAtTime{from}).ok());
  const std::vector<SeenEvent> all = read_to(*source, to);
  ASSERT_GT(all.size(), 5U);
  const std::vector<std::string> tokens = tokens_of(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Checkpoint checkpoint{{all[i].token, all[i].time}, source->pipeline_hash()};
    const Result<Position> opened = source->open(StartAfter{checkpoint});
    ASSERT_TRUE(opened.ok()) << all[i].text() << " " << all[i].key << ": "
                             << opened.error().message;
    EXPECT_EQ(opened.value().cluster_time, all[i].time);
    EXPECT_EQ(tokens_of(read_to(*source, to)),
              (std::vector<std::string>{tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                        tokens.end()}))
        << all[i].text() << " " << all[i].key;
  }
}

TEST(MongoStreamTest, ResumingAfterAnyEventGivesExactlyTheRest) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const ClusterTime from = time_of(shell.run("admin", R"({"ping": 1})"));
  write_sequence(shell, database);
  shell.run(database, R"({"insert": "a", "documents": [
      {"_id": 1.5}, {"_id": {"$numberDecimal": "1.10"}}, {"_id": {"$numberDecimal": "-0"}},
      {"_id": {"$numberLong": "9007199254740993"}}, {"_id": {"$numberDouble": "NaN"}},
      {"_id": {"x": [1.5, {"$numberDecimal": "NaN"}]}}, {"_id": {"$numberDouble": "-Infinity"}},
      {"_id": {"$symbol": "s"}}, {"_id": null}, {"_id": {"$maxKey": 1}}]})");
  shell.run(database, R"({"update": "b", "updates": [
      {"q": {"_id": 9.25}, "u": {"$set": {"n": 1}}, "upsert": true}]})");
  shell.run(database, R"({"create": "late"})");
  shell.run(database, R"({"drop": "late"})");
  const ClusterTime to = time_of(shell.run("admin", R"({"ping": 1})"));
  const ClusterTime after{from.seconds, from.increment + 1};
  expect_exact_rest_after_each_event({.database = database, .everything = true}, after, to);
  expect_exact_rest_after_each_event({.database = database, .exact = {{database, "a"}}}, after, to);
  expect_exact_rest_after_each_event({.exact = {{database, "a"}, {database, "b"}}}, after, to);
}

TEST(MongoStreamTest, ResumingInsideATransactionGivesExactlyTheRest) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const ClusterTime from = time_of(shell.run("admin", R"({"ping": 1})"));
  shell.transaction(
      {{database, R"({"insert": "a", "documents": [{"_id": 1}, {"_id": 2.5}, {"_id": 3}]})"},
       {database, R"({"insert": "b", "documents": [{"_id": 4}, {"_id": 5}]})"},
       {database, R"({"delete": "a", "deletes": [{"q": {"_id": 1}, "limit": 1}]})"}});
  const ClusterTime to = time_of(shell.run("admin", R"({"ping": 1})"));
  const ClusterTime after{from.seconds, from.increment + 1};
  expect_exact_rest_after_each_event({.database = database, .everything = true}, after, to);
}

TEST(MongoStreamTest, TokenOfAnotherDefinitionBecomesItsTime) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  const ClusterTime end = write_sequence(shell, database);
  const std::vector<SeenEvent> all = read_to(*source, end);
  ASSERT_EQ(all.size(), 6U);
  // Its third event, the update of a, is one that the stream of b never delivers.
  const Checkpoint checkpoint{{all[2].token, all[2].time}, source->pipeline_hash()};
  const auto other = make_source(options_for({.database = database, .exact = {{database, "b"}}}));
  ASSERT_TRUE(other->open(StartAfter{checkpoint}).ok());
  EXPECT_EQ(texts_of(read_to(*other, end)),
            (Texts{"replace " + database + ".b", "delete " + database + ".b"}));
  const Result<Position> nowhere = other->open(StartAfter{{{"", {}}, ""}});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().kind, ErrorKind::source_refused);
}

// Positions written by hand or by other tools may lack the type bits of the token. The server
// refuses those, at once or with the next event; beginning at their time is the way out.
TEST(MongoStreamTest, TokenWithoutItsTypeBitsIsNotFoundAndItsTimeIs) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  shell.run(
      database,
      R"({"insert": "a", "documents": [{"_id": 1.5}, {"_id": {"$numberLong": "9007199254740993"}}]})");
  for (const SeenEvent& event : read_events(*source, 2)) {
    const std::size_t dot = event.token.find('.');
    ASSERT_NE(dot, std::string::npos) << event.token;
    const Position cut{event.token.substr(0, dot), event.time};
    const Result<Position> opened = source->open(StartAfter{{cut, source->pipeline_hash()}});
    Result<Reply> reply = opened.ok() ? source->next() : Result<Reply>(opened.error());
    while (reply.ok() && reply.value().event_count == 0)
      reply = source->next();
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().kind, ErrorKind::token_not_found) << reply.error().message;
    ASSERT_TRUE(source->open(StartAtTime{event.time}).ok());
    EXPECT_EQ(read_events(*source, 1).at(0).token, event.token);
  }
}

// A quiet collection must not keep an old position while the rest of the server moves on.
TEST(MongoStreamTest, EmptyRepliesMoveThePositionWithOtherPeoplesWrites) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .exact = {{database, "a"}}}));
  const Result<Position> opened = source->open(StartNow{});
  ASSERT_TRUE(opened.ok());
  shell.insert(fresh_database(), "elsewhere", "1");
  const ClusterTime end = time_of(shell.run("admin", R"({"ping": 1})"));
  EXPECT_TRUE(read_to(*source, end).empty());
  const Result<Reply> idle = source->next();
  ASSERT_TRUE(idle.ok());
  EXPECT_GT(idle.value().end.cluster_time, opened.value().cluster_time);
  shell.insert(database, "a", "1");
  ASSERT_TRUE(source->open(StartAfter{{idle.value().end, source->pipeline_hash()}}).ok());
  EXPECT_EQ(texts_of(read_events(*source, 1)), Texts{"insert " + database + ".a"});
}

// A dropped database closes the stream of it, and the stream goes on when the database comes back.
void expect_life_after_drop(const StreamScope& scope, MongoShell& shell) {
  const std::string& database = scope.database;
  const auto source = make_source(options_for(scope));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  shell.insert(database, "a", "1");
  shell.run(database, R"({"dropDatabase": 1})");
  shell.insert(database, "a", "2");
  Position end;
  std::vector<SeenEvent> events;
  for (bool is_last = false; !is_last;) {
    const Result<Reply> reply = source->next();
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    for (const SeenEvent& event : events_of(reply.value()))
      events.push_back(event);
    is_last = reply.value().is_last;
    end = reply.value().end;
  }
  EXPECT_EQ(events.front().text(), "insert " + database + ".a");
  const Result<Position> opened = source->open(StartAfter{{end, source->pipeline_hash()}});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  const std::vector<SeenEvent> later =
      read_to(*source, time_of(shell.run("admin", R"({"ping": 1})")));
  ASSERT_FALSE(later.empty());
  EXPECT_EQ(later.back().key, R"({ "_id" : { "$numberInt" : "2" } })");
  EXPECT_EQ(std::ranges::count(texts_of(later), "insert " + database + ".a"), 1);
}

TEST(MongoStreamTest, StreamGoesOnAfterItsDatabaseWasDropped) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  expect_life_after_drop({.database = database, .everything = true}, shell);
}

TEST(MongoStreamTest, FilteredStreamGoesOnAfterItsDatabaseWasDropped) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  expect_life_after_drop({.database = database, .exact = {{database, "a"}}}, shell);
}

TEST(MongoStreamTest, ReplyIsFullAtTheBatchSizeAndNotBelow) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  shell.insert_many(database, "a", 0, 4'100);
  std::vector<std::size_t> counts;
  std::vector<bool> fulls;
  for (std::size_t seen = 0; seen < 4'100;) {
    const Result<Reply> reply = source->next();
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    if (reply.value().event_count == 0) continue;
    seen += reply.value().event_count;
    counts.push_back(reply.value().event_count);
    fulls.push_back(reply.value().is_full);
    EXPECT_EQ(events_of(reply.value()).back().token, reply.value().end.token);
  }
  EXPECT_EQ(counts, (std::vector<std::size_t>{2'000, 2'000, 100}));
  EXPECT_EQ(fulls, (std::vector<bool>{true, true, false}));
}

TEST(MongoStreamTest, ReplyThatIsFullByItsBytesSaysSo) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  shell.insert_many(database, "a", 0, 40, 1'000'000);
  const Result<Reply> first = source->next();
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first.value().is_full);
  EXPECT_LT(first.value().event_count, 40U);
  EXPECT_EQ(read_events(*source, 40 - first.value().event_count).size(),
            40 - first.value().event_count);
}

TEST(MongoStreamTest, LargestDocumentPasses) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  shell.insert_many(database, "a", 1, 1, 16'777'216 - 32);
  // The delta of this update alone would double the event.
  shell.run(
      database,
      R"({"update": "a", "updates": [{"q": {"_id": 1}, "u": {"$set": {"n": 1, "pad": "x"}}}]})");
  EXPECT_EQ(texts_of(read_events(*source, 2)),
            (Texts{"insert " + database + ".a", "update " + database + ".a"}));
}

TEST(MongoStreamTest, DefinitionStaysWhileCollectionsComeAndGo) {
  MongoShell shell;
  const std::string database = fresh_database();
  shell.run(database, R"({"create": "a"})");
  const auto source = make_source(options_for({.database = database, .exact = {{database, "a"}}}));
  const Result<Position> opened = source->open(StartNow{});
  ASSERT_TRUE(opened.ok());
  const std::string hash = source->pipeline_hash();
  shell.run(database, R"({"create": "foreign"})");
  shell.insert(database, "a", "1");
  ASSERT_TRUE(source->open(StartAfter{{opened.value(), hash}}).ok());
  EXPECT_EQ(source->pipeline_hash(), hash);
  EXPECT_EQ(texts_of(read_events(*source, 2)),
            (Texts{"create " + database + ".foreign", "insert " + database + ".a"}));
}

TEST(MongoStreamTest, CurrentTimeIsNotOlderThanWhatWasWritten) {
  MongoShell shell;
  const std::string database = database_with_two(shell);
  const auto source = make_source(options_for({.database = database, .everything = true}));
  for (int i = 0; i < 20; ++i) {
    const ClusterTime written = time_of(shell.run(
        database, R"({"insert": "a", "documents": [{"_id": )" + std::to_string(i) + "}]}"));
    const Result<ClusterTime> now = source->current_time();
    ASSERT_TRUE(now.ok()) << now.error().message;
    EXPECT_GE(now.value(), written);
  }
}

}  // namespace
}  // namespace relay
