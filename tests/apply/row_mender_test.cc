// Goal: no row that a relay has written is overwritten by an older one, whatever the order in which
// the relay and the mender get to the target. Method: a real sink plays the relay; `truth` is the
// version of the document in the source, which only grows.
#include "apply/row_mender.h"

#include <atomic>
#include <thread>

#include "apply/array_cells.h"
#include "apply/sink_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class RowMenderTest : public SinkTest {
 protected:
  RowMenderTest() : sink_(make_ready_sink()) {}

  [[nodiscard]] RowMender open() const {
    auto opened = RowMender::open({.uri = Secret(uri())});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    return std::move(opened.value());
  }
  static Rows row_of(int version) {
    return {{"a", "{\"version\": " + std::to_string(version) + "}"}};
  }
  std::string version() { return look_.cell("SELECT data->>'version' FROM sales.orders"); }

  std::unique_ptr<Sink> sink_;
};

TEST_F(RowMenderTest, RowsAreWrittenAndRemoved) {
  ASSERT_TRUE(is_ok(sink_->apply(batch_({{"a", "{}"}, {"b", "{}"}}))));
  RowMender mender = open();
  ASSERT_TRUE(is_ok(mender.mend(
      "main", [&] { return Result<Batch>(batch_({{"a", "{\"x\": 1}"}, {"c", "{}"}}, {"b"})); })));
  EXPECT_EQ(keys(), "a,c");
  EXPECT_EQ(look_.cell("SELECT data->>'x' FROM sales.orders WHERE oid = 'a'"), "1");
  EXPECT_EQ(token(), make_checkpoint(1).position.token) << "the position is the relay's";
}

// The relay gets there first: it has committed a newer version than the one that was compared.
TEST_F(RowMenderTest, ItReadsBehindWhatTheRelayHasCommitted) {
  std::atomic<int> truth = 1;
  RowMender mender = open();
  truth = 2;
  ASSERT_TRUE(is_ok(sink_->apply(batch_(row_of(truth)))));
  ASSERT_TRUE(is_ok(mender.mend("main", [&] { return Result<Batch>(batch_(row_of(truth))); })));
  EXPECT_EQ(version(), "2");
}

// The mender gets there first: the relay's batch waits, and lands on top.
TEST_F(RowMenderTest, ABatchOfTheRelayWaitsForTheEndAndLandsOnTop) {
  RowMender mender = open();
  Batch newer = batch_(row_of(2));
  std::jthread relay;
  ASSERT_TRUE(is_ok(mender.mend("main", [&] {
    const Batch older = batch_(row_of(1));
    relay = std::jthread([&] { EXPECT_TRUE(is_ok(sink_->apply(newer))); });
    EXPECT_TRUE(wait_until(kPatience, [&] { return waiting_count() == "1"; }));
    EXPECT_EQ(version(), "") << "neither is visible yet";
    return Result<Batch>(older);
  })));
  relay.join();
  EXPECT_EQ(version(), "2");
}

// Many times, at random: after each round both have written, and the newest version is there.
TEST_F(RowMenderTest, TheNewestVersionStaysWhoeverIsFaster) {
  std::atomic<int> truth = 0;
  std::atomic<bool> is_over = false;
  RowMender mender = open();
  // Batches are made by one thread each, as their positions count.
  BatchMaker mend_batch(table_);
  std::jthread menders([&] {
    while (!is_over) {
      EXPECT_TRUE(
          is_ok(mender.mend("main", [&] { return Result<Batch>(mend_batch(row_of(truth))); })));
    }
  });
  for (int round = 1; round <= 200; ++round) {
    truth = round;
    ASSERT_TRUE(is_ok(sink_->apply(batch_(row_of(round)))));
    ASSERT_EQ(version(), std::to_string(round));
  }
  is_over = true;
}

TEST_F(RowMenderTest, NothingIsWrittenWhenARowIsRefusedOrNothingCouldBeMade) {
  ASSERT_TRUE(is_ok(sink_->apply(batch_({{"a", "{}"}}))));
  look_.run("ALTER TABLE sales.orders ADD CONSTRAINT no_b CHECK (oid <> 'b')");
  RowMender mender = open();
  const auto with_b = [&] { return Result<Batch>(batch_({{"b", "{}"}, {"c", "{}"}})); };
  EXPECT_EQ(kind_of(mender.mend("main", with_b)), ErrorKind::row_rejected);
  EXPECT_EQ(keys(), "a");
  const Error away{ErrorKind::source_unavailable, "away", ""};
  EXPECT_EQ(kind_of(mender.mend("main", [&] { return Result<Batch>(away); })),
            ErrorKind::source_unavailable);
  ASSERT_TRUE(is_ok(sink_->apply(batch_({{"d", "{}"}})))) << "the relay is not locked out";
  ASSERT_TRUE(is_ok(mender.mend("main", [&] { return Result<Batch>(batch_({{"c", "{}"}})); })));
  EXPECT_EQ(keys(), "a,c,d");
}

TEST_F(RowMenderTest, AStreamThatNoRelayEverHeldIsRefused) {
  RowMender mender = open();
  const Status mended = mender.mend("other", [&] { return Result<Batch>(batch_({})); });
  ASSERT_EQ(kind_of(mended), ErrorKind::sink_refused);
  EXPECT_NE(mended.error().hint, "");
}

}  // namespace
}  // namespace relay
