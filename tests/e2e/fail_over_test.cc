// The primary of a real replica set goes, twice, in the middle of a snapshot and under writers that
// do not pause: the first is killed, the second steps down. The relay goes on with the new one.
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/comparison.h"
#include "e2e/kill_fixture.h"
#include "e2e/pg_session.h"
#include "e2e/relay_process.h"
#include "e2e/replica_set.h"
#include "e2e/version_writers.h"
#include "support/postgres_server.h"
#include "support/temporary_directory.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kDocuments = 60'000;
constexpr char kDatabase[] = "shop";
// What a majority has, and soon an error when there is no primary.
constexpr char kCareful[] = "&w=majority&journal=true&serverSelectionTimeoutMS=2000";

class FailOverTest : public testing::Test {
 protected:
  FailOverTest() : target_(postgres_.uri()) {}

  [[nodiscard]] RelayProcess::Options relay_options(const std::string& mode) const {
    return {.arguments = {"cdc-relay",
                          "--source",
                          set_.uri(),
                          "--target",
                          postgres_.uri(),
                          "--table",
                          std::string(kDatabase) + ".orders=sales.orders",
                          "--set",
                          "snapshot.chunk_rows=200",
                          mode},
            .environment = {},
            .directory = directory_.path(),
            .program = {},
            .user = ""};
  }

  void fill() {
    MongoClient source(set_.uri(kCareful), kDatabase);
    constexpr int kAtOnce = 20'000;
    for (int first = 0; first < kDocuments; first += kAtOnce) {
      std::vector<Bson> documents;
      for (int key = first; key < first + kAtOnce; ++key) {
        documents.emplace_back(R"({"_id": )" + std::to_string(key) +
                               R"(, "sequence": 0, "text": ")" + version_text(key, 0) +
                               R"(", "nested": {"sequence": 0}})");
      }
      source.insert_raw("orders", documents);
    }
  }

  std::string cell(const std::string& table, const std::string& sql) {
    if (target_.cell("SELECT to_regclass('" + table + "')").empty()) return "";
    return target_.cell(sql);
  }
  std::string rows_done() {
    return cell("relay.snapshot", "SELECT coalesce(sum(rows_done), 0) FROM relay.snapshot");
  }
  bool is_copied() {
    return cell("relay.snapshot", "SELECT bool_and(state = 'done') FROM relay.snapshot") == "t";
  }
  bool wait_for_progress() {
    const std::string before = rows_done();
    return wait_until(kPatience, [&] { return rows_done() != before && rows_done() != "0"; });
  }

  // From the loss of the primary until a write made after it is in the target.
  void expect_recovery(const char* fault, SteadyClock::time_point began, std::size_t old) {
    set_.wait_for_primary(old);
    const auto elected = SteadyClock::now();
    const std::string key = std::to_string(++marker_);
    const bool is_written = wait_until(kPatience, [&] {
      try {
        MongoClient(set_.uri(kCareful), kDatabase)
            .insert("orders", R"({"_id": "after )" + key + "\"}");
        return true;
      } catch (const std::runtime_error&) {
        return false;
      }
    });
    ASSERT_TRUE(is_written);
    ASSERT_TRUE(wait_until(kPatience, [&] {
      return cell("sales.orders", "SELECT 1 FROM sales.orders WHERE oid = 'after " + key + "'") ==
             "1";
    }));
    const auto seconds = [&](SteadyClock::time_point end) {
      return std::chrono::duration<double>(end - began).count();
    };
    std::cout << fault << ": a new primary after " << seconds(elected)
              << " s, its first write in the target after " << seconds(SteadyClock::now())
              << " s, rows copied " << rows_done() << std::endl;
  }

  ReplicaSet set_;
  PostgresServer postgres_;
  PgSession target_;
  TemporaryDirectory directory_;

 private:
  int marker_ = 0;
};

TEST_F(FailOverTest, KillAndStepDownDuringASnapshotEndEqual) {
  fill();
  VersionWriters writers({.uri = set_.uri(kCareful),
                          .database = kDatabase,
                          .collection = "orders",
                          .keys_each = kDocuments / 3,
                          .is_full = true,
                          .seed = choose_seed()});
  RelayProcess relay(relay_options("--log-level=info"));
  ASSERT_TRUE(wait_for_progress()) << relay.log();

  // The stream is read from this one.
  std::size_t old = set_.primary();
  auto began = SteadyClock::now();
  set_.kill(old);
  EXPECT_FALSE(is_copied()) << "the kill shall fall into the snapshot";
  expect_recovery("kill", began, old);
  EXPECT_TRUE(relay.wait_for_log("trouble is over")) << relay.log();
  set_.start(old);

  // A cursor lives on where it is; everything that wants the primary has to look for it.
  old = set_.primary();
  began = SteadyClock::now();
  set_.step_down(old);
  EXPECT_FALSE(is_copied()) << "the step-down shall fall into the snapshot";
  expect_recovery("step-down", began, old);

  ASSERT_TRUE(wait_until(3 * kPatience, [&] { return is_copied(); })) << relay.log();
  EXPECT_GT(writers.failure_count(), 0U) << "no fault fell into a write";
  writers.stop();
  relay.terminate();
  EXPECT_EQ(relay.wait(), 0) << relay.log();
  RelayProcess last(relay_options("--once"));
  EXPECT_EQ(last.wait(), 0) << last.log();
  MongoClient source(set_.uri(), kDatabase);
  EXPECT_TRUE(is_equal(source, "orders", target_, "sales.orders")) << relay.log();
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
  std::cout << "writes=" << writers.write_count() << " failed=" << writers.failure_count()
            << std::endl;
}

}  // namespace
}  // namespace relay
