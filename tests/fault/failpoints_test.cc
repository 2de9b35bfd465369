// Every failpoint of a relay to PostgreSQL, cut, failed, delayed and killed at: failpoint_life.h.
#include "fault/failpoint_life.h"

namespace relay {
namespace {

class FailpointTest : public FailpointLife<KillTest> {
 protected:
  FailpointTest() {
    target_.run(
        "CREATE SCHEMA sales; CREATE TABLE sales.poison (oid TEXT PRIMARY KEY, data JSONB NOT NULL "
        "CHECK (data->>'number' IS DISTINCT FROM '13'))");
  }

  [[nodiscard]] Arguments life_command() const override {
    return command({"--table",
                    database() + ".poison=sales.poison",
                    "--set",
                    "source.await=50ms",
                    "--set",
                    "target.batch_rows=10",
                    "--set",
                    "snapshot.chunk_rows=" + std::to_string(kChunkRows),
                    "--set",
                    "ha.lease=1s",
                    "--set",
                    "http.listen="});
  }

  [[nodiscard]] bool has_order(int key) override {
    if (!target_.has_table("sales.orders")) return false;
    return target_.cell("SELECT 1 FROM sales.orders WHERE oid = '" + std::to_string(key) + "'") ==
           "1";
  }

  [[nodiscard]] bool are_copied() override {
    if (!target_.has_table("relay.snapshot")) return false;
    return target_.cell("SELECT count(*) = 2 AND bool_and(state = 'done') FROM relay.snapshot") ==
           "t";
  }

  void expect_position_behind_rows() override { expect_promises_kept("after the first life"); }

  void expect_whole() override {
    EXPECT_TRUE(orders_are_equal());
    std::set<std::string> without_row;
    std::string letters;
    for (int step = 0; step <= steps_; ++step) {
      const std::string number = std::to_string(step);
      without_row.insert({"bad" + number, "refused" + number});
      letters += "bad" + number + " duplicate_key\nrefused" + number + " rejected\n";
    }
    const std::string last = "mended" + std::to_string(steps_);
    without_row.insert(last);
    EXPECT_TRUE(is_equal(source_, "poison", target_, "sales.poison", without_row));
    EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.poison WHERE oid ~ '^(bad|refused)'"), "0");
    EXPECT_EQ(target_.cell("SELECT string_agg(doc_key || ' ' || reason || E'\\n', '' ORDER BY "
                           "substring(doc_key from '[0-9]+')::int, doc_key) FROM relay.dead_letter "
                           "WHERE closed_at IS "
                           "NULL AND doc_key <> '" +
                           last + "'"),
              letters);
    // A document that is mended within a batch has no letter at all.
    EXPECT_EQ(target_.cell("SELECT max(count) FROM (SELECT count(*) FROM relay.dead_letter GROUP "
                           "BY doc_key) AS counts"),
              "1");
    EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.checkpoint"), "1");
    EXPECT_EQ(target_.cell("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'relay' "
                           "AND datname = current_database()"),
              "0");
  }
};

TEST_P(FailpointTest, NothingIsLostNorTwice) {
  live();
}

INSTANTIATE_TEST_SUITE_P(Matrix,
                         FailpointTest,
                         testing::ValuesIn(choose_cells(CellTarget::postgresql)),
                         [](const auto& test) { return name_cell(test.param); });

}  // namespace
}  // namespace relay
