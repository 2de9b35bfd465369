// The relay between a real mongod and CrateDB: the stand-in in front of the test's PostgreSQL, or a
// real server where one is given (real_crate.h). Both are looked at through their own front door.
#pragma once

#include <cstdint>
#include <string>

#include "crate_double/crate_double.h"
#include "crate_double/real_crate.h"
#include "e2e/kill_fixture.h"

namespace relay {

class CrateRelayTest : public KillTest {
 protected:
  // What the test will do to the server: one that is somebody else's must not be killed, so the
  // stand-in is in its place then.
  enum class Use : std::uint8_t { writes, kills };

  explicit CrateRelayTest(Use use = Use::writes);

  [[nodiscard]] std::string crate_uri(const std::string& scheme = "crate") const {
    return is_real_ ? RealCrate::uri(scheme) : double_.uri(scheme);
  }
  void kill_crate();
  void restart_crate();  // After kill_crate(), or after the stand-in died by a trap.

  // With a short lease: after a kill the next process waits for its end.
  [[nodiscard]] Arguments crate_command(const Arguments& more = {}) const;
  [[nodiscard]] std::unique_ptr<RelayProcess> start_crate(const Arguments& more = {}) const {
    return start(crate_command(more));
  }

  // The first cell.
  std::string look(const std::string& sql) { return crate_.cell(sql); }
  // Every document is in its row without a change, and there are no other rows.
  [[nodiscard]] testing::AssertionResult is_whole();
  // The same once everything has arrived, while nobody writes.
  [[nodiscard]] testing::AssertionResult wait_until_whole();

  // "": none, or the server does not answer yet.
  std::string crate_token();
  // Every event up to the stored position is in the rows. The position is read first: rows only go
  // on from there. Of tests with a record.
  void expect_nothing_lost(const std::string& when);

  bool is_real_;
  CrateDouble double_;
  PgSession crate_;
};

}  // namespace relay
