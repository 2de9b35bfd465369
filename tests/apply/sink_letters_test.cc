// Rows that the target refuses: found, put aside as dead letters, and closed when a good version
// comes.
#include "apply/numeric_text.h"
#include "apply/typed_rows.h"

namespace relay {
namespace {

class SinkLettersTest : public TypedSinkTest {
 protected:
  // Refuses documents with n < 0, as a constraint of the user's would.
  void refuse_negative() {
    look_.run("ALTER TABLE sales.orders ADD CONSTRAINT positive CHECK ((data->>'n')::int >= 0)");
  }

  std::string letters(const std::string& column, const std::string& where = "true") {
    return look_.cell("SELECT string_agg(" + column +
                      ", ',' ORDER BY doc_key) FROM relay.dead_letter WHERE " + where);
  }

  static Rows numbered(int count) {
    Rows rows;
    for (int i = 0; i < count; ++i)
      rows.emplace_back("k" + std::to_string(i), "{\"n\": " + std::to_string(i) + "}");
    return rows;
  }

  static DeadLetter letter_for(const TableMapping& table, std::string key) {
    return {.table = &table,
            .doc_key = std::move(key),
            .reason = "duplicate_key",
            .detail = "field n",
            .operation = "insert",
            .position = "8201",
            .document = R"({"_id":"a","n":1,"n":2})"};
  }
};

TEST_F(SinkLettersTest, OneBadRowBecomesALetterAndAllOthersRows) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  refuse_negative();
  Rows rows = numbered(2'500);
  rows[1'234].second = R"({"n": -1, "text": "canary"})";
  Batch batch = batch_(rows);
  const Status refused = sink->apply(batch);
  ASSERT_EQ(kind_of(refused), ErrorKind::row_rejected);
  EXPECT_EQ(refused.error().message.find("canary"), std::string::npos);
  EXPECT_NE(refused.error().message.find("23514"), std::string::npos);
  EXPECT_EQ(keys(), "") << "nothing of a refused batch is written";
  EXPECT_EQ(token(), "");

  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  EXPECT_EQ(keys(), "") << "the search writes nothing";
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "2499");
  EXPECT_EQ(
      letters("doc_key || ' ' || tbl || ' ' || reason || ' ' || operation || ' ' || position"),
      "k1234 sales.orders rejected snapshot snapshot:k1234");
  EXPECT_EQ(letters("detail"),
            "the target refused the row: SQLSTATE 23514 table=orders constraint=positive");
  EXPECT_EQ(letters("document::jsonb->>'text'"), "canary");
  EXPECT_EQ(token(), batch.end.position.token);
}

// What the search has written is kept for the batch it was made for, and for nothing else.
TEST_F(SinkLettersTest, ASearchIsOfUseToItsOwnBatchOnly) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  refuse_negative();
  for (int i = 0; i < 2; ++i) {
    Batch batch = batch_({{"a", R"({"n": 1})"}, {"bad", R"({"n": -1})"}});
    ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
    ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
    if (i == 0) {
      ASSERT_TRUE(is_ok(sink->renew()));
    } else {
      ASSERT_TRUE(is_ok(sink->apply(batch_({{"other", R"({"n": 2})"}}))));
    }
    EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders WHERE oid = 'a'"), std::to_string(i));
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    EXPECT_EQ(token(), batch.end.position.token);
    EXPECT_EQ(letters("doc_key", "closed_at IS NULL"), "bad");
  }
  EXPECT_EQ(keys(), "a,other");
}

TEST_F(SinkLettersTest, WhatPostgresCannotStoreIsIsolated) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += '[';
  Batch batch = batch_({{"good", "{}"},
                        {"nul", R"({"a": "\u0000"})"},
                        {"nan", R"({"a": NaN})"},
                        {"surrogate", R"({"a": "\ud800"})"},
                        {"deep", deep}});
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "good");
  EXPECT_EQ(letters("doc_key"), "deep,nan,nul,surrogate");
}

// Deeper than any document: what a bug would make must not take the server's session down.
TEST_F(SinkLettersTest, JsonTooDeepForTheServersStackIsIsolated) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  const auto nested = [](std::size_t levels) {
    return "{\"d\": " + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  Batch batch = batch_({{"deep", nested(6'000)}, {"deepest", nested(300'000)}, {"flat", "{}"}});
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "deep,flat");
  EXPECT_EQ(letters("doc_key || ' ' || detail"),
            "deepest the target refused the row: SQLSTATE 54001: stack depth limit exceeded");
}

TEST_F(SinkLettersTest, AKeyLongerThanTheIndexTakesHasItsOwnReason) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  std::string key;  // Hard to compress, else the index would take it.
  for (std::uint32_t i = 0, x = 1; i < 6'000; ++i) {
    x = x * 1'664'525U + 1'013'904'223U;
    key.push_back(static_cast<char>('!' + (x >> 16U) % 90));
  }
  Batch batch = batch_({{"a", "{}"}, {key, "{}"}});
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(letters("reason"), "key_too_long");
  EXPECT_EQ(letters("length(doc_key)::text"), "1000");

  ASSERT_TRUE(is_ok(sink->apply(batch_({}, {key}))));
  EXPECT_EQ(letters("reason", "closed_at IS NULL"), "")
      << "the delete of a long key closes its letter";
}

TEST_F(SinkLettersTest, AConstraintCheckedAtCommitIsFoundToo) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("CREATE UNIQUE INDEX ON sales.orders ((data->>'n'))");
  look_.run("CREATE TABLE allowed (oid TEXT PRIMARY KEY)");
  look_.run("INSERT INTO allowed VALUES ('a'), ('b'), ('c')");
  look_.run(
      "ALTER TABLE sales.orders ADD FOREIGN KEY (oid) REFERENCES allowed DEFERRABLE INITIALLY "
      "DEFERRED");
  Batch batch = batch_(
      {{"a", R"({"n": 1})"}, {"b", R"({"n": 1})"}, {"c", R"({"n": 2})"}, {"d", R"({"n": 3})"}});
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a,c");
  EXPECT_EQ(letters("doc_key"), "b,d");
}

// Each of the two rows is good as long as the other is there.
TEST_F(SinkLettersTest, ASuspectedBatchKeepsRowsThatALaterOneMakesGood) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  refuse_negative();
  look_.run(
      "ALTER TABLE sales.orders ADD COLUMN other TEXT GENERATED ALWAYS AS (data->>'other') STORED");
  look_.run(
      "ALTER TABLE sales.orders ADD FOREIGN KEY (other) REFERENCES sales.orders DEFERRABLE "
      "INITIALLY DEFERRED");
  Rows rows = numbered(500);
  rows[0].second = R"({"n": 0, "other": "k499"})";
  rows[1].second = R"({"n": -1})";
  Batch batch = batch_(rows);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::suspected)));
  EXPECT_EQ(keys(), "") << "the search writes nothing";
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "499");
  EXPECT_EQ(letters("doc_key"), "k1");
}

TEST_F(SinkLettersTest, ASuspectedBatchMayBeRefusedAtItsCommitAndIsSearchedAgain) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("CREATE TABLE allowed (oid TEXT PRIMARY KEY)");
  look_.run("INSERT INTO allowed VALUES ('a')");
  look_.run(
      "ALTER TABLE sales.orders ADD FOREIGN KEY (oid) REFERENCES allowed DEFERRABLE INITIALLY "
      "DEFERRED");
  Batch batch = batch_({{"a", "{}"}, {"b", "{}"}});
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::suspected)));
  EXPECT_TRUE(batch.dead_letters.empty());
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(letters("doc_key"), "b");
}

TEST_F(SinkLettersTest, ASuspectedBatchWithoutAGuiltyRowIsWritten) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = batch_(numbered(300), {"gone"});
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::suspected)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "300");
  EXPECT_EQ(token(), batch.end.position.token);
}

TEST_F(SinkLettersTest, ARefusedDeleteIsALetterAndTheRowStays) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}, {"b", "{}"}}))));
  look_.run("CREATE TABLE uses (oid TEXT REFERENCES sales.orders)");
  look_.run("INSERT INTO uses VALUES ('a')");
  Batch batch = batch_({}, {"a", "b"});
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(letters("doc_key || ' ' || operation"), "a delete");
}

// The stream may have complained of a document before the copy of its collection comes to it.
TEST_F(SinkLettersTest, ASnapshotDoesNotRepeatALetterThatIsOpen) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch first = batch_({{"good", R"({"n": 1})"}});
  first.dead_letters.push_back(letter_for(table_, "a"));
  ASSERT_TRUE(is_ok(sink->apply(first)));
  Batch second = batch_({{"good", R"({"n": 1})"}});
  for (const char* key : {"a", "b"}) {
    DeadLetter letter = letter_for(table_, key);
    letter.operation = "snapshot";
    letter.position = std::string("snapshot:") + key;
    second.dead_letters.push_back(letter);
  }
  ASSERT_TRUE(is_ok(sink->apply(second)));
  EXPECT_EQ(letters("doc_key"), "a,b");
}

TEST_F(SinkLettersTest, ASnapshotDoesNotRepeatALetterOfARowThatTheTargetRefuses) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  refuse_negative();
  for (const bool is_snapshot : {false, true}) {
    Batch batch = batch_({{"bad", R"({"n": -1})"}});
    if (!is_snapshot) batch.tables[0].upsert_origins.add("insert", {.data = "8201"});
    ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
    ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    EXPECT_EQ(letters("doc_key || ' ' || operation"), "bad insert");
  }
}

TEST_F(SinkLettersTest, ALetterMovesWithItsBatch) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  refuse_negative();
  Batch batch = batch_({{"bad", R"({"n": -1})"}});
  batch.dead_letters.push_back(letter_for(table_, "a"));
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  EXPECT_EQ(letters("doc_key"), "");
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(letters("doc_key"), "a,bad");
  EXPECT_EQ(letters("document", "doc_key = 'a'"), R"({"_id":"a","n":1,"n":2})") << "to the byte";
}

TEST_F(SinkLettersTest, AReplayedLetterIsNotWrittenTwice) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = batch_({});
  batch.dead_letters.push_back(letter_for(table_, "a"));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(letters("doc_key"), "a");
  batch.dead_letters[0].position = "8202";
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(letters("doc_key"), "a,a") << "another event is another letter";
}

TEST_F(SinkLettersTest, AGoodVersionOrADeleteClosesTheLetter) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = batch_({});
  for (const std::string key : {"a", "b", "c"})
    batch.dead_letters.push_back(letter_for(table_, key));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}, {"other", "{}"}}))));
  EXPECT_EQ(letters("doc_key", "closed_at IS NULL"), "b,c");

  // A relay that starts later knows of the open letters too.
  const std::unique_ptr<Sink> next = make_ready_sink();
  ASSERT_TRUE(is_ok(next->apply(batch_({}, {"b"}))));
  EXPECT_EQ(letters("doc_key", "closed_at IS NULL"), "c");
  EXPECT_EQ(letters("doc_key", "closed_at IS NOT NULL"), "a,b");
}

TEST_F(SinkLettersTest, LettersOfOtherTablesAndStreamsStayOpen) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = batch_({});
  batch.dead_letters.push_back(letter_for(table_, "a"));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  look_.run(
      "INSERT INTO relay.dead_letter (stream, tbl, doc_key, reason) VALUES "
      "('main', 'sales.users', 'a', 'r'), ('side', 'sales.orders', 'a', 'r')");
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  EXPECT_EQ(letters("stream || ' ' || tbl", "closed_at IS NULL"),
            "main sales.users,side sales.orders");
}

TEST_F(SinkLettersTest, OpenLettersAreCountedAlsoWhenSomebodyElseClosesThem) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  EXPECT_EQ(sink->open_dead_letters(), 0U);
  Batch batch = batch_({});
  for (const std::string key : {"a", "b", "c"})
    batch.dead_letters.push_back(letter_for(table_, key));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    EXPECT_EQ(sink->open_dead_letters(), 3U) << "a replay adds none";
  }
  const std::unique_ptr<Sink> later = make_ready_sink();
  EXPECT_EQ(later->open_dead_letters(), 3U);
  ASSERT_TRUE(is_ok(later->apply(batch_({{"a", "{}"}}))));
  EXPECT_EQ(later->open_dead_letters(), 2U);
  look_.run("UPDATE relay.dead_letter SET closed_at = now()");
  Batch next = batch_({});
  next.dead_letters.push_back(letter_for(table_, "d"));
  ASSERT_TRUE(is_ok(later->apply(next)));
  EXPECT_EQ(later->open_dead_letters(), 1U);
}

TEST_F(SinkLettersTest, LettersOfTypedRowsGoByKeyText) {
  const TableMapping mapping = orders();
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  look_.run("ALTER TABLE sales.orders ADD CONSTRAINT positive CHECK (total >= 0)");
  Batch batch = batch_of(mapping, {order(7, "-1.50", R"({"x":1})"), order(8, "1.50")});
  batch.tables[0].upsert_origins.add("insert", {.data = "8207"});
  batch.tables[0].upsert_origins.add("insert", {.data = "8208"});
  batch.dead_letters.push_back(letter_for(mapping, "8"));
  ASSERT_EQ(kind_of(sink->apply(batch)), ErrorKind::row_rejected);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(letters("doc_key || ' ' || operation || ' ' || position || ' ' || document",
                    "reason = 'rejected'"),
            R"(7 insert 8207 {"id":7,"total":{"$numberDecimal":"-1.5"},"data":{"x":1}})");
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {order(7, "1.50")}, {{bigint(8)}}))));
  EXPECT_EQ(letters("doc_key", "closed_at IS NULL"), "");
  EXPECT_EQ(letters("doc_key", "closed_at IS NOT NULL"), "7,8");
}

TEST_F(SinkLettersTest, NumericsAreReadAsTheServerWritesThem) {
  for (const std::string number : {"0",
                                   "1.5",
                                   "-0.000001",
                                   "123456789012345678901234567890.12345",
                                   "9999",
                                   "10000",
                                   "-1e30"}) {
    EXPECT_EQ(read_numeric(send("numeric_", number + "::numeric")).text,
              look_.cell("SELECT trim_scale(" + number + "::numeric)::text"));
  }
}

TEST_F(SinkLettersTest, ABatchWithoutAGuiltyRowIsNotIsolatedForEver) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = batch_({{"a", "{}"}});
  EXPECT_EQ(kind_of(sink->isolate(batch, Grounds::refused)), ErrorKind::sink_unknown);
  EXPECT_TRUE(is_ok(sink->apply(batch)));
}

}  // namespace
}  // namespace relay
