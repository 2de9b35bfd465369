// Who may write a stream on CrateDB.
#include "apply/crate_lease.h"

#include "apply/crate_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class CrateLeaseTest : public CrateSinkTest {};

TEST_F(CrateLeaseTest, AnotherRelayIsKeptOutUntilTheLeaseIsGivenBack) {
  const auto first = make_crate_sink();
  PostgresSink::Options options = crate_options();
  options.owner = kOtherOwner;
  const std::unique_ptr<Sink> second = make_target_sink(options);
  EXPECT_EQ(name_of(kind_of(second->open())), "lease_held");
  first->release();
  EXPECT_TRUE(second->open().ok());
}

// Its last statement may be running: a restart after a kill waits for the end of the lease.
TEST_F(CrateLeaseTest, AnEarlierProcessOfOursKeepsItsLease) {
  const auto killed = make_crate_sink();
  const auto opened = make_target_sink(crate_options())->open();
  ASSERT_EQ(name_of(kind_of(opened)), "lease_held");
  EXPECT_NE(opened.error().message.find("an earlier process of this relay"), std::string::npos);
}

TEST_F(CrateLeaseTest, WhoSleptThroughItsLeaseWritesNothingMore) {
  PostgresSink::Options options = crate_options();
  options.lease = std::chrono::milliseconds(300);
  const std::unique_ptr<Sink> first = make_target_sink(options);
  ASSERT_TRUE(first->open().ok());
  ASSERT_TRUE(is_ok(first->prepare(crate_table_)));
  options.owner = kOtherOwner;
  const std::unique_ptr<Sink> second = make_target_sink(options);
  ASSERT_TRUE(wait_until(kPatience, [&] { return second->open().ok(); }));
  EXPECT_EQ(name_of(kind_of(first->apply(make_batch({{"a", "{}"}})))), "lease_lost");
  EXPECT_EQ(name_of(kind_of(first->open())), "lease_lost");
  EXPECT_EQ(keys(), "");
}

TEST_F(CrateLeaseTest, AReconnectGoesOnUnderANewEpoch) {
  const auto sink = make_crate_sink();
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", "{}"}}))));
  const auto again = sink->open();
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again.value(), std::nullopt) << "the batch in flight is not judged by the position";
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"b", "{}"}}))));
  EXPECT_EQ(look("SELECT epoch FROM relay.checkpoint", "relay.checkpoint"), "2");
}

}  // namespace
}  // namespace relay
