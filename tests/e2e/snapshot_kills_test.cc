// A snapshot of a collection that is written to all the time, by a relay that is killed again and
// again: equal in the end, and hardly anything is read twice.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class SnapshotKillsTest : public KillTest {
 protected:
  // Versions as the writers make them.
  void fill(int count) {
    constexpr int kAtOnce = 20'000;
    for (int first = 0; first < count; first += kAtOnce) {
      std::vector<Bson> documents;
      for (int key = first; key < std::min(count, first + kAtOnce); ++key) {
        documents.emplace_back(R"({"_id": )" + std::to_string(key) +
                               R"(, "sequence": 0, "text": ")" + version_text(key, 0) +
                               R"(", "nested": {"sequence": 0}})");
      }
      source_.insert_raw("orders", documents);
    }
  }

  // From here on the server notes what reads of whole ranges return. Chunks are the only ones that
  // name an index.
  void count_reads() {
    source_.run(R"({"create": "system.profile", "capped": true, "size": 200000000})");
    source_.run(R"({"profile": 2, "filter": {"ns": ")" + database() +
                R"(.orders", "op": {"$in": ["query", "getmore"]}, "nreturned": {"$gt": 0}}})");
  }
  std::int64_t documents_read() {
    const Bson sum = source_.run(R"({"aggregate": "system.profile", "cursor": {}, "pipeline": [
      {"$match": {"$or": [{"command.hint": {"$exists": true}, "command.find": "orders"},
                          {"originatingCommand.hint": {"$exists": true},
                           "originatingCommand.find": "orders"}]}},
      {"$group": {"_id": null, "n": {"$sum": "$nreturned"}}}]})");
    return sum.number("cursor.firstBatch.0.n");
  }

  std::string rows_done() {
    if (target_.cell("SELECT to_regclass('relay.snapshot')").empty()) return "0";
    return target_.cell("SELECT coalesce(sum(rows_done), 0) FROM relay.snapshot");
  }
  bool is_copied() {
    return target_.cell("SELECT bool_and(state = 'done') FROM relay.snapshot") == "t";
  }
};

TEST_F(SnapshotKillsTest, ManyKillsAndThreeWritersEndEqual) {
  const int documents = number_from_environment("RELAY_TEST_DOCUMENTS", 300'000);
  const int kills = number_from_environment("RELAY_TEST_KILLS", 10);
  fill(documents);
  WriterPlan writing = plan(mongo().uri());
  writing.keys_each = documents / writing.writer_count;
  writing.is_full = true;
  count_reads();
  VersionWriters writers(writing);
  int kills_inside = 0;
  for (int kill = 1; kill <= kills; ++kill) {
    const auto relay = start(command());
    const std::string before = rows_done();
    // Some progress each time, else there would be no end.
    ASSERT_TRUE(wait_until(kPatience, [&] { return rows_done() != before; })) << relay->log();
    pass_time(std::chrono::milliseconds(100));
    relay->kill();
    if (!is_copied()) ++kills_inside;
  }
  std::cout << kills_inside << " of " << kills << " kills inside the snapshot, rows " << rows_done()
            << std::endl;
  EXPECT_GE(kills_inside, kills / 2);
  const auto relay = start(command());
  ASSERT_TRUE(wait_until(3 * kPatience, [&] { return is_copied(); })) << relay->log();
  relay->kill();
  writers.stop();
  const Ended last = run(command({"--once"}));
  EXPECT_EQ(last.exit_code, 0) << last.log;
  EXPECT_TRUE(orders_are_equal()) << writers.write_count() << " writes";
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
  const std::int64_t read = documents_read();
  std::cout << "documents read " << read << " of " << documents << ", writes "
            << writers.write_count() << std::endl;
  EXPECT_GT(read, documents / 2) << "else this counts something else";
  EXPECT_LE(static_cast<double>(read), 1.2 * documents);
}

}  // namespace
}  // namespace relay
