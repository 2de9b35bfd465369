#include "source/stream_definition.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace relay {
namespace {

// As JSON without blanks. The array is printed as the document that it is while being built.
std::string pipeline_text(const StreamDefinition& definition,
                          const StartPoint& start = StartNow{}) {
  const BsonDocument stages = build_pipeline(definition, start);
  char* json = bson_as_relaxed_extended_json(&stages.raw(), nullptr);
  std::string text(json);
  bson_free(json);
  std::erase(text, ' ');
  return text;
}

StreamScope shop(std::vector<std::string> collections) {
  StreamScope scope{.database = "shop"};
  for (std::string& name : collections)
    scope.exact.push_back({"shop", std::move(name)});
  return scope;
}

TEST(StreamDefinitionTest, PlainStreamHasNoMatchAndNoDelta) {
  EXPECT_EQ(pipeline_text({.scope = shop({"orders"})}),
            R"({"0":{"$changeStream":{}},"1":{"$project":{"updateDescription":0}}})");
}

TEST(StreamDefinitionTest, ALogOfEventsGetsTheDeltas) {
  EXPECT_EQ(pipeline_text({.scope = shop({"orders"}), .wants_deltas = true}),
            R"({"0":{"$changeStream":{}}})");
}

TEST(StreamDefinitionTest, ClusterStreamAsksForAllDatabasesAndExpandedEventsWhereTheyExist) {
  EXPECT_EQ(pipeline_text({.scope = {.database = "", .exact = {}, .everything = true},
                           .has_expanded_events = true}),
            R"({"0":{"$changeStream":{"allChangesForCluster":true,"showExpandedEvents":true}},)"
            R"("1":{"$project":{"updateDescription":0}}})");
}

TEST(StreamDefinitionTest, PostImagesAreAskedForWhereTheyExist) {
  EXPECT_EQ(pipeline_text({.scope = shop({"a"}), .wants_post_images = true}),
            R"({"0":{"$changeStream":{"fullDocument":"whenAvailable"}},)"
            R"("1":{"$project":{"updateDescription":0}}})");
}

TEST(StreamDefinitionTest, ABareEventHasNoDeltaEither) {
  const StreamDefinition definition{.scope = shop({"a"}), .wants_deltas = true};
  const BsonDocument stages = build_pipeline(definition, StartNow{}, ReplyForm::bare);
  EXPECT_NE(stages.json().find("updateDescription"), std::string::npos);
}

TEST(StreamDefinitionTest, LargeEventsAreSplitBehindEverythingElse) {
  EXPECT_EQ(pipeline_text({.scope = shop({"a"}), .is_filtered = true, .splits_large_events = true}),
            R"({"0":{"$changeStream":{}},"1":{"$match":{"$or":[)"
            R"({"ns.coll":{"$in":["a"]}},{"to.coll":{"$in":["a"]}}]}},)"
            R"("2":{"$project":{"updateDescription":0}},"3":{"$changeStreamSplitLargeEvent":{}}})");
}

// The filter stays: a token is good only where its event is.
TEST(StreamDefinitionTest, ABareEventIsOnlyItsKey) {
  const StreamDefinition definition{.scope = shop({"a"}),
                                    .is_filtered = true,
                                    .wants_post_images = true,
                                    .splits_large_events = true};
  const BsonDocument stages = build_pipeline(definition, StartNow{}, ReplyForm::bare);
  char* json = bson_as_relaxed_extended_json(&stages.raw(), nullptr);
  std::string text(json);
  bson_free(json);
  std::erase(text, ' ');
  EXPECT_EQ(text,
            R"({"0":{"$changeStream":{}},"1":{"$match":{"$or":[)"
            R"({"ns.coll":{"$in":["a"]}},{"to.coll":{"$in":["a"]}}]}},)"
            R"("2":{"$project":{"updateDescription":0,"fullDocument":0}}})");
}

TEST(StreamDefinitionTest, FilterSeesRenamesOntoAWantedName) {
  EXPECT_EQ(pipeline_text({.scope = shop({"b", "a", "b"}), .is_filtered = true}),
            R"({"0":{"$changeStream":{}},"1":{"$match":{"$or":[)"
            R"({"ns.coll":{"$in":["a","b"]}},{"to.coll":{"$in":["a","b"]}}]}},)"
            R"("2":{"$project":{"updateDescription":0}}})");
}

TEST(StreamDefinitionTest, FilterOfAClusterNamesTheDatabases) {
  const StreamScope scope{.database = "", .exact = {{"shop", "a"}, {"stock", ""}, {"stock", "x"}}};
  EXPECT_EQ(pipeline_text({.scope = scope, .is_filtered = true}),
            R"({"0":{"$changeStream":{"allChangesForCluster":true}},"1":{"$match":{"$or":[)"
            R"({"ns.db":"shop","ns.coll":{"$in":["a"]}},{"to.db":"shop","to.coll":{"$in":["a"]}},)"
            R"({"ns.db":"stock"},{"to.db":"stock"}]}},)"
            R"("2":{"$project":{"updateDescription":0}}})");
}

TEST(StreamDefinitionTest, NamesThatLookLikeOperatorsStayNames) {
  const std::string text =
      pipeline_text({.scope = shop({"$set", "a\"b", "a.b"}), .is_filtered = true});
  EXPECT_NE(text.find(R"("$in":["$set","a\"b","a.b"])"), std::string::npos) << text;
}

TEST(StreamDefinitionTest, StartIsATimeOrATokenNeverBoth) {
  const StreamDefinition definition{.scope = shop({"a"})};
  const std::string at = pipeline_text(definition, StartAtTime{{5, 6}});
  EXPECT_NE(at.find(R"("startAtOperationTime":{"$timestamp":{"t":5,"i":6}})"), std::string::npos)
      << at;
  EXPECT_EQ(at.find("startAfter"), std::string::npos);
  const std::string after = pipeline_text(definition, StartAfter{{{"8200AB.40", {5, 6}}, ""}});
  EXPECT_NE(after.find(R"("startAfter":{"_data":"8200AB","_typeBits")"), std::string::npos)
      << after;
  EXPECT_EQ(after.find("startAtOperationTime"), std::string::npos);
}

TEST(StreamDefinitionTest, TokenIsUsedOnlyForTheDefinitionItCameFrom) {
  const StreamDefinition definition{.scope = shop({"a"})};
  const Position position{"8200AB", {5, 6}};
  const auto is_token = [&](const Checkpoint& checkpoint) {
    const StartPoint start = usable_start(definition, StartAfter{checkpoint});
    if (const auto* at = std::get_if<StartAtTime>(&start)) {
      EXPECT_EQ(at->time, position.cluster_time);
      return false;
    }
    return true;
  };
  EXPECT_TRUE(is_token({position, hash_of(definition)}));
  EXPECT_FALSE(is_token({position, "0123456789abcdef"}));
  EXPECT_FALSE(is_token({position, ""}));
  EXPECT_FALSE(is_token({{"", {5, 6}}, hash_of(definition)}));
  EXPECT_TRUE(std::holds_alternative<StartNow>(usable_start(definition, StartNow{})));
}

TEST(StreamDefinitionTest, FilterPaysOnlyWhenSomethingIsLeftOut) {
  const std::vector<Namespace> two = {{"shop", "a"}, {"shop", "b"}};
  EXPECT_FALSE(needs_filter(shop({"a", "b"}), two));
  EXPECT_FALSE(needs_filter(shop({"a", "b", "c"}), two)) << "c may come later";
  EXPECT_TRUE(needs_filter(shop({"a"}), two));
  EXPECT_FALSE(needs_filter(shop({"a"}), {})) << "an empty database";
  EXPECT_FALSE(needs_filter({.database = "shop", .exact = {{"shop", ""}}}, two));
  EXPECT_FALSE(needs_filter({.database = "shop", .exact = {}, .everything = true}, two));
  EXPECT_FALSE(needs_filter({.database = "shop"}, two)) << "nothing named: nothing to match";
}

TEST(StreamDefinitionTest, SystemCollectionsAreNotLeftOutByUs) {
  const std::vector<Namespace> existing = {{"shop", "a"},
                                           {"shop", "system.views"},
                                           {"admin", "x"},
                                           {"local", "oplog.rs"},
                                           {"config", "y"}};
  EXPECT_FALSE(needs_filter({.database = "", .exact = {{"shop", "a"}}}, existing));
}

TEST(StreamDefinitionTest, HashIsOfWhatIsDelivered) {
  const StreamDefinition plain{.scope = shop({"a", "b"})};
  const std::string hash = hash_of(plain);
  EXPECT_EQ(hash.size(), 16U);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos) << hash;
  EXPECT_EQ(hash, hash_of({.scope = shop({"b", "a"})})) << "order in the settings";
  EXPECT_EQ(hash, hash_of({.scope = shop({"c"})})) << "both deliver the whole database";
  EXPECT_NE(hash, hash_of({.scope = {.database = "stock"}}));
  EXPECT_NE(hash, hash_of({.scope = {.database = ""}}));
  EXPECT_NE(hash, hash_of({.scope = shop({"a", "b"}), .is_filtered = true}));
  EXPECT_NE(hash, hash_of({.scope = shop({"a", "b"}), .has_expanded_events = true}));
  EXPECT_NE(hash, hash_of({.scope = shop({"a", "b"}), .wants_deltas = true}));
  EXPECT_NE(hash, hash_of({.scope = shop({"a", "b"}), .wants_post_images = true}));
  EXPECT_NE(hash, hash_of({.scope = shop({"a", "b"}), .splits_large_events = true}));
  EXPECT_NE(hash_of({.scope = shop({"a"}), .is_filtered = true}),
            hash_of({.scope = shop({"b"}), .is_filtered = true}));
}

// Stored positions carry this hash: a change here makes every relay replay once after an upgrade.
TEST(StreamDefinitionTest, HashOfAGivenDefinitionStaysTheSame) {
  EXPECT_EQ(hash_of({.scope = shop({"a"}), .is_filtered = true, .has_expanded_events = true}),
            "3eb42e9f354bc15b");
}

}  // namespace
}  // namespace relay
