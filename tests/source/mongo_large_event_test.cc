// Events that are too large for a reply of the server, on servers that split them and on those that
// do not.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/cursor_reply.h"
#include "source/mongo_fixture.h"

namespace relay {
namespace {

// Of a document and of a command that carries one.
constexpr std::size_t kDocumentBytesMax = std::size_t{16} << 20U;

// A key of 15.5 KB, which is in the event once more, and a token of 2.5 KB: together more than the
// 16 KB that an event may have beyond a document, while the document and the token alone fit into a
// fragment. The server keeps names in arrays as they are, and tokens leave them out. (Looking such
// a key up by $in sends mongod 6.0.5 into an endless loop.)
BsonDocument large_key(int number) {
  BsonDocument elements;
  elements.add_int32("0", number).add_int32(std::string(12'500, 'x'), 0);
  for (int i = 2; i < 300; ++i)
    elements.add_document(std::to_string(i), {});
  return BsonDocument().add_array("a", elements);
}

BsonDocument large_document(int number) {
  const auto with_text = [&](std::size_t size) {
    BsonDocument document;
    document.add_document("_id", large_key(number)).add_text("text", std::string(size, 'x'));
    return document;
  };
  return with_text(kDocumentBytesMax - with_text(0).view().size());
}

std::string key_of(int id) {
  return R"({ "_id" : { "$numberInt" : ")" + std::to_string(id) + R"(" } })";
}

class MongoLargeEventTest : public testing::Test {
 protected:
  MongoLargeEventTest() : database_(fresh_database()) {
    shell_.run(database_, R"({"create": "a"})");
    const BsonDocument info = shell_.run("admin", R"({"buildInfo": 1})");
    bson_iter_t at;
    bson_iter_t part;
    EXPECT_TRUE(find_field(info.view(), "versionArray", at) && bson_iter_recurse(&at, &part));
    std::vector<int> version;
    while (bson_iter_next(&part))
      version.push_back(bson_iter_int32(&part));
    splits_ = version >= std::vector{7} || (version >= std::vector{6, 0, 9} && version[1] == 0);
  }

  void insert_large(int number) {
    BsonDocument command;
    command.add_text("insert", "a");
    command.add_array("documents", BsonArray().add_document(large_document(number)).items());
    shell_.run(database_, command);
  }

  std::unique_ptr<MongoSource> open_source() {
    auto source = make_source(options_for({.database = database_, .everything = true}));
    const Result<Position> opened = source->open(StartNow{});
    EXPECT_TRUE(opened.ok());
    if (opened.ok()) begin_ = {opened.value(), source->pipeline_hash()};
    return source;
  }

  // Replies with events, until one fails.
  static Result<Reply> next_filled(MongoSource& source) {
    for (;;) {
      Result<Reply> reply = source.next();
      if (!reply.ok() || reply.value().event_count > 0) return reply;
    }
  }

  static bool has_field(const Reply& reply, const char* field) {
    std::size_t offset = 0;
    bson_iter_t at;
    const std::optional<RawDocument> event = next_document(reply.events, offset);
    return event && find_field(*event, field, at);
  }

  // The walk that the reader makes.
  void expect_passed_bare(const std::unique_ptr<MongoSource>& source);
  // A position never lies between fragments, wherever a reply ends.
  void expect_fragments(const std::unique_ptr<MongoSource>& source);

  MongoShell shell_;
  std::string database_;
  Checkpoint begin_;
  bool splits_ = false;
};

// Each form goes on where another one stood: no event twice, none left out.
TEST_F(MongoLargeEventTest, TokensOfOneFormAreGoodForTheOthers) {
  const auto source = open_source();
  for (const char* id : {"1", "2", "3", "4"})
    shell_.insert(database_, "a", id);
  std::vector<std::string> keys;
  Checkpoint at = begin_;
  for (const ReplyForm form :
       {ReplyForm::single, ReplyForm::bare, ReplyForm::unsplit, ReplyForm::many}) {
    source->set_form(form);
    ASSERT_TRUE(source->open(StartAfter{at}).ok());
    const Result<Reply> reply = next_filled(*source);
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    ASSERT_EQ(reply.value().event_count, 1U);
    EXPECT_EQ(has_field(reply.value(), "fullDocument"), form != ReplyForm::bare);
    EXPECT_TRUE(has_field(reply.value(), "documentKey"));
    keys.push_back(events_of(reply.value()).at(0).key);
    EXPECT_EQ(source->pipeline_hash(), at.pipeline_hash);
    at = {reply.value().end, source->pipeline_hash()};
  }
  EXPECT_EQ(keys, (std::vector{key_of(1), key_of(2), key_of(3), key_of(4)}));
}

void MongoLargeEventTest::expect_passed_bare(const std::unique_ptr<MongoSource>& source) {
  Checkpoint before = begin_;
  for (const ReplyForm form : {ReplyForm::many, ReplyForm::single, ReplyForm::unsplit}) {
    source->set_form(form);
    ASSERT_TRUE(source->open(StartAfter{before}).ok());
    Result<Reply> reply = next_filled(*source);
    for (; reply.ok(); reply = next_filled(*source)) {
      ASSERT_EQ(events_of(reply.value()).at(0).key, key_of(1));
      before.position = reply.value().end;
    }
    EXPECT_EQ(reply.error().kind, ErrorKind::event_too_large) << reply.error().message;
  }
  source->set_form(ReplyForm::bare);
  ASSERT_TRUE(source->open(StartAfter{before}).ok());
  const Result<Reply> reply = next_filled(*source);
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(events_of(reply.value()).at(0).text(), "insert " + database_ + ".a");
  const Checkpoint behind{reply.value().end, source->pipeline_hash()};

  source->set_form(ReplyForm::many);
  ASSERT_TRUE(source->open(StartAfter{behind}).ok());
  EXPECT_EQ(read_events(*source, 1).at(0).key, key_of(3));
}

void MongoLargeEventTest::expect_fragments(const std::unique_ptr<MongoSource>& source) {
  source->set_form(ReplyForm::single);
  ASSERT_TRUE(source->open(StartAfter{begin_}).ok());
  Result<Reply> reply = next_filled(*source);
  ASSERT_TRUE(reply.ok());
  const Position before = reply.value().end;
  int fragments = 0;
  for (bool is_open = true; is_open; ++fragments) {
    reply = next_filled(*source);
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    ASSERT_TRUE(has_field(reply.value(), "splitEvent"));
    EXPECT_TRUE(reply.value().is_full);
    is_open = reply.value().end == before;
  }
  EXPECT_GE(fragments, 2);
  const Checkpoint behind{reply.value().end, source->pipeline_hash()};
  ASSERT_TRUE(source->open(StartAfter{behind}).ok());
  EXPECT_EQ(read_events(*source, 1).at(0).key, key_of(3));
  // And from before it all of it comes again.
  ASSERT_TRUE(source->open(StartAfter{{before, source->pipeline_hash()}}).ok());
  reply = next_filled(*source);
  ASSERT_TRUE(reply.ok());
  EXPECT_TRUE(has_field(reply.value(), "operationType")) << "its first fragment";
}

TEST_F(MongoLargeEventTest, AnEventThatNoReplyHoldsComesInPiecesOrIsPassed) {
  const auto source = open_source();
  shell_.insert(database_, "a", "1");
  insert_large(2);
  shell_.insert(database_, "a", "3");
  if (splits_) {
    expect_fragments(source);
  } else {
    expect_passed_bare(source);
  }
}

}  // namespace
}  // namespace relay
