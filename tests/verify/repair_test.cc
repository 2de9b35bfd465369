#include "verify/repair.h"

#include <map>
#include <set>

#include "verify/check_fixture.h"

namespace relay {
namespace {

class RepairTest : public CheckTest {
 protected:
  // Compares, mends what differs, and compares again without mending.
  std::uint64_t repair() {
    std::uint64_t mended = 0;
    Result<RowMender> mender = RowMender::open({.uri = Secret(uri())});
    EXPECT_TRUE(mender.ok());
    Repair repair({.source = source_, .mender = mender.value()}, "main");
    on_differences_ = [&](TableSides& sides, const std::vector<const Dispute*>& differences) {
      if (before_repair_) before_repair_();
      const Result<std::uint64_t> done =
          repair.run(sides, differences, [&](const Dispute& difference, const std::string& why) {
            stays_[difference.text] = why;
          });
      EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().message);
      if (done.ok()) mended += done.value();
      return ok_status();
    };
    check();
    on_differences_ = {};
    check();
    return mended;
  }
  // Many documents and no row.
  void put_many(int count) {
    for (int key = 1; key <= count; ++key)
      put(key);
    hold(false);
  }

  std::map<std::string, std::string> stays_;
  std::function<void()> before_repair_;
};

TEST_F(RepairTest, EveryKindOfDifferenceIsMended) {
  for (int key = 1; key <= 4; ++key) {
    put(key);
    bring(key);
  }
  bring(2, 1'000);
  remove(3);
  look_.run("DELETE FROM sales.orders WHERE oid = '4'");
  look_.run("INSERT INTO sales.orders VALUES ('stranger', '{}')");
  move_position(1);
  EXPECT_EQ(repair(), 4U);
  EXPECT_EQ(differences_, std::set<std::string>{});
  EXPECT_EQ(keys(), "1,2,4");
}

// More than one piece, two of them with a row that the target refuses.
TEST_F(RepairTest, ARefusedRowStaysAndAllOthersAreMended) {
  put_many(1'200);
  look_.run("ALTER TABLE sales.orders ADD CONSTRAINT strict CHECK (oid NOT IN ('7', '1111'))");
  EXPECT_EQ(repair(), 1'198U);
  EXPECT_EQ(differences_, (std::set<std::string>{"7", "1111"}));
  ASSERT_EQ(stays_.size(), 2U);
  EXPECT_NE(stays_["7"].find("constraint=strict"), std::string::npos) << stays_["7"];
}

TEST_F(RepairTest, LargeDocumentsAreTakenInSmallPieces) {
  put_many(12);
  source_.document_bytes = 1U << 20U;
  const std::size_t before = source_.look_up_count;
  EXPECT_EQ(repair(), 12U);
  EXPECT_GT(source_.look_up_count, before);
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders WHERE length(data::text) > 1000000"),
            "12");
}

// No document makes a row of this key, so neither has a relay.
TEST_F(RepairTest, ARowOfSomebodyElseStays) {
  put(1);
  bring(1);
  look_.run("INSERT INTO sales.orders VALUES ('01.50', '{}'), ('{\"a\": 1}', '{}')");
  move_position(1);
  EXPECT_EQ(repair(), 1U) << "01.50 is a text, the other no key text";
  EXPECT_EQ(differences_, std::set<std::string>{"{\"a\": 1}"});
  EXPECT_NE(stays_["{\"a\": 1}"].find("somebody else"), std::string::npos);
}

// What was compared is out of date when it is mended: the document of now counts.
TEST_F(RepairTest, TheDocumentIsReadOnceMoreBeforeItsRowIsWritten) {
  put(1);
  bring(1, 1'000);
  put(2);
  move_position(1);
  before_repair_ = [this] {
    remove(1);
    oplog_.write("orders", 2, OperationType::update);
  };
  EXPECT_EQ(repair(), 2U);
  EXPECT_EQ(keys(), "2");
  EXPECT_EQ(look_.cell("SELECT data->>'seq' FROM sales.orders"),
            std::to_string(*oplog_.document("orders", 2)));
}

}  // namespace
}  // namespace relay
