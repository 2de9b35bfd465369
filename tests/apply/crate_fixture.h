// What the tests of the CrateDB sink share: the stand-in with a database of its own behind it, or a
// real server where one is given (real_crate.h); batches by hand.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "apply/sink_fixture.h"
#include "apply/target_sink.h"
#include "crate_double/crate_client.h"
#include "crate_double/crate_double.h"
#include "crate_double/real_crate.h"
#include "mapping/table_shape.h"

namespace relay {

class CrateSinkTest : public SinkTest {
 protected:
  CrateSinkTest() : double_({.backend_uri = uri()}) {
    if (RealCrate::is_given()) clean();
  }

  // Only the stand-in has traps: from here on the test is one of it. Before the sink is made.
  void set_traps(const std::function<void(CrateTraps&)>& change) {
    is_stand_in_ = true;
    double_.set_traps(change);
  }

  // The stand-in hides rows as long as a real server may.
  void set_fresh_rows_hidden() {
    if (!RealCrate::is_given())
      double_.set_traps([](CrateTraps& traps) { traps.hides_fresh_rows = true; });
  }

  [[nodiscard]] std::string crate_uri(const std::string& scheme = "crate") const {
    return is_stand_in_ || !RealCrate::is_given() ? double_.uri(scheme) : RealCrate::uri(scheme);
  }

  [[nodiscard]] PostgresSink::Options crate_options() const {
    PostgresSink::Options options = SinkTest::options();
    options.uri = Secret(crate_uri());
    return options;
  }

  // The first cells of the rows, "a,b,c", of everything that was written to the table so far.
  std::string look(const std::string& sql, const std::string& table = "sales.orders") {
    CrateClient client(crate_uri("postgresql"));
    client.run("REFRESH TABLE " + table);
    return client.column(sql);
  }
  std::string keys() { return look("SELECT oid FROM sales.orders ORDER BY oid"); }

  // Opened, crate_table_ prepared.
  [[nodiscard]] std::unique_ptr<Sink> make_crate_sink() {
    std::unique_ptr<Sink> sink = make_target_sink(crate_options());
    const auto opened = sink->open();
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    EXPECT_TRUE(opened.ok() && is_ok(sink->prepare(crate_table_)));
    return sink;
  }

  Batch make_batch(const Rows& upserts, const std::vector<std::string>& removals = {}) {
    TableRows rows{.table = &crate_table_,
                   .upserts = RowBlock({kTextOid, kTextOid, kTextOid},
                                       {.rows_max = 5'000, .bytes_max = std::size_t{6} << 20U}),
                   .removals = RowBlock({kTextOid}, {})};
    for (const auto& [key, json] : upserts) {
      rows.upserts.begin_row();
      rows.upserts.add_cell(key);
      rows.upserts.add_cell(json);
      rows.upserts.add_null();
      rows.upserts.end_row();
    }
    for (const std::string& key : removals) {
      rows.removals.begin_row();
      rows.removals.add_cell(key);
      rows.removals.end_row();
    }
    rows.upserts.seal();
    rows.removals.seal();
    Batch batch;
    batch.tables.push_back(std::move(rows));
    batch.sequence = ++sequence_;
    batch.end = make_checkpoint(sequence_);
    batch.moves_position = true;
    return batch;
  }

  TableMapping crate_table_{.from = {"shop", "orders"}, .to = {"sales", "orders"}, .json = {}};
  CrateDouble double_;
  std::uint32_t sequence_ = 0;
  bool is_stand_in_ = false;

 private:
  // A real server keeps what earlier tests have left.
  void clean() {
    CrateClient client(crate_uri("postgresql"));
    for (const char* table : {"sales.orders",
                              "relay.checkpoint",
                              "relay.snapshot",
                              "relay.dead_letter",
                              "relay.added_column"})
      client.run(std::string("DROP TABLE IF EXISTS ") + table);
  }
};

}  // namespace relay
