// A comparison of one table on a real PostgreSQL; the source is a fake, and the relay is the test
// itself, which acts in the callbacks for progress: those tell what the comparison does at that
// moment.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apply/sink_fixture.h"
#include "support/fake_source.h"
#include "verify/table_check.h"

namespace relay {

class CheckTest : public SinkTest {
 protected:
  CheckTest() {
    sink_ = make_ready_sink();  // Makes the bookkeeping and the table.
    hold(true);
  }

  // A relay holds the stream, or none does.
  void hold(bool is_held) {
    look_.run("UPDATE relay.checkpoint SET lease_until = now() " +
              std::string(is_held ? "+ interval '1 hour'" : "- interval '1 s'"));
  }
  void put(int key) { oplog_.write("orders", key, OperationType::insert); }
  void remove(int key) { oplog_.write("orders", key, OperationType::delete_); }
  // The row of the document as it is now; or another one.
  void bring(int key, int seq_more = 0) {
    const std::optional<int> seq = oplog_.document("orders", key);
    const std::string id = std::to_string(key);
    look_.run("DELETE FROM sales.orders WHERE oid = '" + id + "'");
    if (!seq) return;
    const std::string number = std::to_string(*seq + seq_more);
    const std::string extra = has_extra_field(*seq) ? ", \"extra\": " + number : "";
    look_.run("INSERT INTO sales.orders VALUES ('" + id + "', '{\"_id\": " + id +
              ", \"seq\": " + number + extra + "}')");
  }
  // Everything up to the source's newest time, and so much more, is in the tables.
  void move_position(int more) {
    const ClusterTime time = oplog_.time();
    look_.run(
        "UPDATE relay.checkpoint SET cluster_time = to_timestamp(" + std::to_string(time.seconds) +
        "), cluster_time_increment = " + std::to_string(static_cast<int>(time.increment) + more));
  }
  void set_copy(const std::string& state) {
    look_.run("DELETE FROM relay.snapshot");
    look_.run(
        "INSERT INTO relay.snapshot (stream, tbl, part, state) VALUES ('main', "
        "'sales.orders', 0, '" +
        state + "')");
  }

  TableOutcome check(const ShowProgress& show = [](const CheckProgress&) {}) {
    Result<TableOutcome> outcome = try_check(show);
    EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().message);
    return outcome.ok() ? outcome.value() : TableOutcome{};
  }

  Result<TableOutcome> try_check(const ShowProgress& show) {
    differences_.clear();
    Result<RowReader> reader = RowReader::open({.uri = Secret(uri())});
    Result<StreamWatch> watch = StreamWatch::open({.uri = Secret(uri())});
    Result<TableMap> map = TableMap::make({{.from = "shop.orders", .to = "sales.orders"}});
    TableCheck table_check(
        {.source = source_,
         .reader = reader.value(),
         .watch = watch.value(),
         .tables = map.value(),
         .clock = clock_,
         .standstill = standstill_},
        {.stream = "main",
         .patience = std::chrono::milliseconds(300),
         .memory_bytes = memory_bytes_},
        [this](TableSides& sides, const std::vector<const Dispute*>& found) {
          for (const Dispute* dispute : found)
            differences_.insert(dispute->text);
          return on_differences_ ? on_differences_(sides, found) : ok_status();
        },
        show);
    return table_check.run(map.value().known().front());
  }

  FakeOplog oplog_;
  FakeRandom random_{1};
  FakeSource source_{oplog_, random_};
  SystemClock clock_;
  Standstill standstill_;
  std::unique_ptr<Sink> sink_;
  std::size_t memory_bytes_ = 64U << 20U;
  std::set<std::string> differences_;         // Of the last check().
  TableCheck::OnDifferences on_differences_;  // Told of them, too.
};

}  // namespace relay
