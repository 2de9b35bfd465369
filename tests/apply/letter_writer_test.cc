// What a retry may do beside a sink that writes the same stream.
#include "apply/letter_writer.h"

#include <future>

#include "apply/sink_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class LetterWriterTest : public SinkTest {
 protected:
  LetterWriterTest() : sink_(make_ready_sink()) {}

  [[nodiscard]] LetterWriter make_writer() const {
    Result<LetterWriter> opened = LetterWriter::open({.uri = Secret(uri())});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    EXPECT_TRUE(is_ok(opened.value().prepare(table_)));
    return std::move(opened.value());
  }

  // Letters count from 1.
  StoredLetter write_letter(const std::string& key) {
    Batch batch = batch_({});
    batch.dead_letters.push_back({.table = &table_,
                                  .doc_key = key,
                                  .reason = "rejected",
                                  .detail = "",
                                  .operation = "insert",
                                  .position = "82" + std::to_string(++letters_),
                                  .document = "{}"});
    EXPECT_TRUE(is_ok(sink_->apply(batch)));
    return {
        .id = std::to_string(letters_), .stream = "main", .table = "sales.orders", .doc_key = key};
  }

  std::string open_ids() {
    return look_.cell(
        "SELECT string_agg(id::text, ',' ORDER BY id) FROM relay.dead_letter WHERE closed_at IS "
        "NULL");
  }
  std::string number_of(const std::string& key) {
    return look_.cell("SELECT data->>'n' FROM sales.orders WHERE oid = '" + key + "'");
  }

  std::unique_ptr<Sink> sink_;
  BatchMaker rows_{table_};  // Its positions are not written by a retry.
  std::int64_t letters_ = 0;
};

TEST_F(LetterWriterTest, TheRowIsWrittenAndEveryLetterOfItClosed) {
  const StoredLetter first = write_letter("a");
  const StoredLetter second = write_letter("a");
  write_letter("b");
  const std::string stored = token();
  LetterWriter writer = make_writer();
  const auto written =
      writer.rewrite(second, [&] { return Result<Batch>(rows_({{"a", R"({"n":2})"}})); });
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(written.value(), Rewriting::written);
  EXPECT_EQ(number_of("a"), "2");
  EXPECT_EQ(open_ids(), "3");
  EXPECT_EQ(token(), stored) << "a retry moves no position";

  bool was_asked = false;
  const auto again = writer.rewrite(first, [&] {
    was_asked = true;
    return Result<Batch>(rows_({{"a", R"({"n":3})"}}));
  });
  EXPECT_EQ(again.value(), Rewriting::closed_before);
  EXPECT_FALSE(was_asked);
}

TEST_F(LetterWriterTest, ARemovalClosesTheLetterToo) {
  ASSERT_TRUE(is_ok(sink_->apply(batch_({{"a", R"({"n":1})"}}))));
  const StoredLetter letter = write_letter("a");
  LetterWriter writer = make_writer();
  const auto removed = writer.rewrite(letter, [&] { return Result<Batch>(rows_({}, {"a"})); });
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_EQ(keys(), "");
  EXPECT_EQ(open_ids(), "");
}

// The document is read, and before its row is written the relay gets a newer version: it has to
// wait, so that the newer one is written last.
TEST_F(LetterWriterTest, ABatchOfTheRelayWaitsForTheRetry) {
  const StoredLetter letter = write_letter("a");
  LetterWriter writer = make_writer();
  const Batch newer = batch_({{"a", R"({"n":2})"}});
  std::future<Status> applied;
  const auto written = writer.rewrite(letter, [&] {
    applied = std::async(std::launch::async, [&] { return sink_->apply(newer); });
    EXPECT_TRUE(wait_until(kPatience, [this] { return waiting_count() == "1"; }));
    return Result<Batch>(rows_({{"a", R"({"n":1})"}}));
  });
  EXPECT_TRUE(written.ok()) << written.error().message;
  EXPECT_TRUE(is_ok(applied.get()));
  EXPECT_EQ(number_of("a"), "2");
}

TEST_F(LetterWriterTest, WhatIsUnfitStillWritesNothing) {
  const StoredLetter letter = write_letter("a");
  LetterWriter writer = make_writer();
  const auto unfit = writer.rewrite(letter, [&] {
    Batch batch = rows_({{"a", R"({"n":1})"}});
    DeadLetter& again = batch.dead_letters.emplace_back();
    again.table = &table_;
    again.reason = "duplicate_key";
    return Result<Batch>(std::move(batch));
  });
  EXPECT_EQ(unfit.value(), Rewriting::unfit);
  EXPECT_EQ(keys(), "");
  EXPECT_EQ(open_ids(), "1");
}

TEST_F(LetterWriterTest, ARefusedRowLeavesTheLetterAndTheWriterGoesOn) {
  const StoredLetter letter = write_letter("a");
  look_.run("ALTER TABLE sales.orders ADD CHECK (data->>'n' <> '1')");
  LetterWriter writer = make_writer();
  const auto refused =
      writer.rewrite(letter, [&] { return Result<Batch>(rows_({{"a", R"({"n":1})"}})); });
  EXPECT_EQ(kind_of(refused), ErrorKind::row_rejected);
  EXPECT_EQ(open_ids(), "1");
  const auto written =
      writer.rewrite(letter, [&] { return Result<Batch>(rows_({{"a", R"({"n":2})"}})); });
  EXPECT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(open_ids(), "");
}

// The source went away while the relay was kept out.
TEST_F(LetterWriterTest, AFailedReadLetsTheRelayGoOn) {
  const StoredLetter letter = write_letter("a");
  LetterWriter writer = make_writer();
  const auto failed = writer.rewrite(
      letter, []() -> Result<Batch> { return Error{ErrorKind::source_unavailable, "gone", ""}; });
  EXPECT_EQ(kind_of(failed), ErrorKind::source_unavailable);
  EXPECT_TRUE(is_ok(sink_->apply(batch_({{"b", "{}"}}))));
  EXPECT_EQ(open_ids(), "1");
}

// Nothing to lock: a relay that starts now could not be kept out.
TEST_F(LetterWriterTest, AStreamWithoutAPositionIsRefused) {
  const StoredLetter letter = write_letter("a");
  look_.run("DELETE FROM relay.checkpoint");
  LetterWriter writer = make_writer();
  const auto refused =
      writer.rewrite(letter, [&] { return Result<Batch>(rows_({{"a", R"({"n":1})"}})); });
  EXPECT_EQ(kind_of(refused), ErrorKind::sink_refused);
  EXPECT_EQ(keys(), "");
}

}  // namespace
}  // namespace relay
