// Every failpoint of a relay to CrateDB, cut, failed, delayed and killed at: failpoint_life.h.
#include "e2e/crate_fixture.h"
#include "fault/failpoint_life.h"

namespace relay {
namespace {

class CrateFailpointTest : public FailpointLife<CrateRelayTest> {
 protected:
  CrateFailpointTest() { crate_.run("DROP TABLE IF EXISTS sales.poison"); }

  [[nodiscard]] Arguments life_command() const override {
    return crate_command({"--table",
                          database() + ".poison=sales.poison",
                          "--set",
                          "source.await=50ms",
                          "--set",
                          "target.batch_rows=10",
                          "--set",
                          "snapshot.chunk_rows=" + std::to_string(kChunkRows),
                          "--set",
                          "http.listen="});
  }

  [[nodiscard]] bool has_order(int key) override {
    return crate_.has_table("sales.orders") &&
           crate_.cell("SELECT 1 FROM sales.orders WHERE oid = '" + std::to_string(key) + "'") ==
               "1";
  }

  [[nodiscard]] bool are_copied() override {
    return crate_.has_table("relay.snapshot") &&
           look("SELECT count(*) FROM relay.snapshot WHERE state = 'done'") == "2";
  }

  void expect_position_behind_rows() override { expect_nothing_lost("after the first life"); }

  void expect_whole() override {
    EXPECT_TRUE(is_whole());
    // What is good, what only PostgreSQL was told to refuse, and what was mended.
    EXPECT_EQ(look("SELECT count(*) FROM sales.poison"), std::to_string(2 * (steps_ + 1) + steps_));
    EXPECT_EQ(letters("doc_key LIKE 'bad%' AND closed_at IS NULL"), std::to_string(steps_ + 1));
    EXPECT_EQ(letters("doc_key LIKE 'mended%' AND closed_at IS NULL"), "1");
    EXPECT_EQ(look("SELECT count(DISTINCT doc_key) FROM relay.dead_letter"), letters("true"));
    EXPECT_EQ(look("SELECT count(*) FROM relay.checkpoint"), "1");
  }

 private:
  std::string letters(const std::string& where) {
    return look("SELECT count(*) FROM relay.dead_letter WHERE " + where);
  }
};

TEST_P(CrateFailpointTest, NothingIsLostNorTwice) {
  live();
}

INSTANTIATE_TEST_SUITE_P(Matrix,
                         CrateFailpointTest,
                         testing::ValuesIn(choose_cells(CellTarget::cratedb)),
                         [](const auto& test) { return name_cell(test.param); });

}  // namespace
}  // namespace relay
