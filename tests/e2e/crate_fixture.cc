#include "e2e/crate_fixture.h"

#include <exception>

#include "support/wait_until.h"

namespace relay {

CrateRelayTest::CrateRelayTest(Use use)
    : is_real_(use == Use::kills ? RealCrate::ours() != nullptr : RealCrate::is_given()),
      double_({.backend_uri = target_uri(), .unknown_after_start = 3}),
      crate_(crate_uri("postgresql"), Dialect::cratedb) {
  for (const char* table : {"sales.orders",
                            "sales.log",
                            "relay.checkpoint",
                            "relay.snapshot",
                            "relay.dead_letter",
                            "relay.added_column"})
    crate_.run(std::string("DROP TABLE IF EXISTS ") + table);
}

void CrateRelayTest::kill_crate() {
  if (is_real_) {
    RealCrate::ours()->kill();
  } else {
    double_.kill();
  }
}

void CrateRelayTest::restart_crate() {
  if (is_real_) {
    RealCrate::ours()->start();
  } else {
    double_.start();
  }
}

Arguments CrateRelayTest::crate_command(const Arguments& more) const {
  Arguments all{"cdc-relay",
                "--source",
                mongo().uri(),
                "--target",
                crate_uri(),
                "--table",
                database() + ".orders=sales.orders",
                "--set",
                "ha.lease=1s"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

testing::AssertionResult CrateRelayTest::is_whole() {
  return is_equal(source_, "orders", crate_, "sales.orders");
}

testing::AssertionResult CrateRelayTest::wait_until_whole() {
  testing::AssertionResult last = testing::AssertionFailure() << "no table";
  wait_until(kPatience, [&] {
    if (!crate_.has_table("sales.orders")) return false;
    last = is_whole();
    return static_cast<bool>(last);
  });
  return last;
}

std::string CrateRelayTest::crate_token() {
  try {
    if (!crate_.has_table("relay.checkpoint")) return "";
    return look("SELECT token FROM relay.checkpoint");
  } catch (const std::exception&) {
    return "";
  }
}

void CrateRelayTest::expect_nothing_lost(const std::string& when) {
  const std::string token = crate_token();
  if (token.empty()) return;  // Killed before its first position: nothing is promised.
  SequenceByKey rows;
  for (const Cells& row : crate_.rows("SELECT oid, data['sequence'] FROM sales.orders"))
    rows[std::stoll(*row.at(0))] = std::stoll(*row.at(1));
  std::string all;
  for (const std::string& loss : find_losses(history_so_far(), token, rows))
    all += loss + "\n";
  EXPECT_EQ(all, "") << when << ", position " << token;
}

}  // namespace relay
