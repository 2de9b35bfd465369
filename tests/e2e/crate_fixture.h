// The relay between a real mongod and CrateDB: the stand-in in front of the test's PostgreSQL, or
// the server of RELAY_TEST_CRATEDB_URI. Both are looked at through their own front door.
#pragma once

#include <string>

#include "crate_double/crate_double.h"
#include "e2e/kill_fixture.h"

namespace relay {

class CrateRelayTest : public KillTest {
 protected:
  CrateRelayTest();

  // Empty: the stand-in.
  static std::string real_uri();
  [[nodiscard]] std::string crate_uri(const std::string& scheme = "crate") const {
    return real_uri().empty() ? double_.uri(scheme) : real_uri();
  }

  // With a short lease: after a kill the next process waits for its end.
  [[nodiscard]] Arguments crate_command(const Arguments& more = {}) const;
  [[nodiscard]] std::unique_ptr<RelayProcess> start_crate(const Arguments& more = {}) const {
    return start(crate_command(more));
  }

  // The first cell, of everything that was written so far to these tables.
  std::string look(const std::string& sql, const std::string& table = "sales.orders");
  // Every document is in its row without a change, and there are no other rows.
  [[nodiscard]] testing::AssertionResult is_whole();
  // The same once everything has arrived, while nobody writes.
  [[nodiscard]] testing::AssertionResult wait_until_whole();

  CrateDouble double_;
  PgSession crate_;
};

}  // namespace relay
