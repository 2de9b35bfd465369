#include "apply/stream_watch.h"

#include <array>

#include "apply/sink_fixture.h"

namespace relay {
namespace {

class StreamWatchTest : public SinkTest {
 protected:
  [[nodiscard]] StreamWatch open() const {
    auto opened = StreamWatch::open({.uri = Secret(uri())});
    EXPECT_TRUE(opened.ok());
    return std::move(opened.value());
  }
};

TEST_F(StreamWatchTest, ATargetWithoutBookkeepingIsHeldByNobody) {
  StreamWatch watch = open();
  const StreamStanding standing = watch.look("main").value();
  EXPECT_FALSE(standing.is_held);
  EXPECT_FALSE(standing.applied.has_value());
  EXPECT_TRUE(watch.read_parts("main", "sales.orders").value().empty());
  EXPECT_TRUE(
      watch.find_letters("main", "sales.orders", std::array<std::string, 1>{"a"}).value().empty());
}

TEST_F(StreamWatchTest, APositionIsToldToTheLastPartOfASecond) {
  const auto sink = make_ready_sink();
  StreamWatch watch = open();
  EXPECT_TRUE(watch.look("main").value().is_held);
  EXPECT_FALSE(watch.look("main").value().applied.has_value());
  Batch batch = batch_({{"a", "{}"}});
  batch.end.position.cluster_time = {.seconds = 1'700'000'000, .increment = 4'000'000'000};
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(watch.look("main").value().applied, batch.end.position.cluster_time);
  EXPECT_FALSE(watch.look("other").value().is_held);
  sink->release();
  EXPECT_FALSE(watch.look("main").value().is_held);
}

TEST_F(StreamWatchTest, PartsAreThoseOfTheTable) {
  const auto sink = make_ready_sink();
  Batch batch = batch_({});
  batch.snapshots = {{.table = "sales.orders",
                      .replaces_all = true,
                      .parts = {{.table = "sales.orders", .state = SnapshotState::copying}}},
                     {.table = "sales.others",
                      .replaces_all = true,
                      .parts = {{.table = "sales.others", .state = SnapshotState::done}}}};
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  const auto parts = open().read_parts("main", "sales.orders").value();
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts.front().state, SnapshotState::copying);
}

TEST_F(StreamWatchTest, LettersAreFoundByTheWholeKey) {
  const auto sink = make_ready_sink();
  const std::string long_key(2'000, 'k');
  Batch batch = batch_({});
  for (const std::string& key : {std::string("open"), std::string("closed"), long_key}) {
    batch.dead_letters.push_back({.table = &table_,
                                  .doc_key = key,
                                  .reason = "duplicate_key",
                                  .detail = "",
                                  .operation = "insert",
                                  .position = "82" + key,
                                  .document = "{}"});
  }
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  look_.run("UPDATE relay.dead_letter SET closed_at = now() WHERE doc_key = 'closed'");
  const auto letters =
      open()
          .find_letters("main",
                        "sales.orders",
                        std::array<std::string, 4>{"open", "closed", long_key, "fine"})
          .value();
  EXPECT_EQ(letters,
            (std::map<std::string, bool>{{"open", true}, {"closed", false}, {long_key, true}}));
}

}  // namespace
}  // namespace relay
