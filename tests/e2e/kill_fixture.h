// What the kill tests share: a seed, writers, the record of the source, and the look at the target
// that has to find every promise kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "e2e/real_servers.h"
#include "e2e/stream_record.h"
#include "e2e/version_writers.h"

namespace relay {

// RELAY_TEST_SEED, or a new one; printed either way.
std::uint64_t choose_seed();
// A number from the environment, or the default.
int number_from_environment(const char* name, int default_value);

class KillTest : public RealServersTest {
 protected:
  KillTest();

  // Small batches: a kill shall find one in flight.
  [[nodiscard]] std::unique_ptr<RelayProcess> start_relay() const;
  // Waits for a record that reaches beyond this moment, and judges what the target shows: rows and
  // position as of one snapshot.
  void expect_promises_kept(const std::string& when);
  // False: it stays where it is.
  bool wait_for_position_beyond(const std::string& token);
  // A while, evenly chosen: the moment of a fault, nothing is synchronised by it.
  void pass_time(std::chrono::milliseconds longest);
  // Writers stopped; catches up with a last run and compares everything.
  void expect_equal_at_the_end(VersionWriters& writers);
  [[nodiscard]] WriterPlan plan(const std::string& uri) const;
  std::string safe_token();
  // Everything that has happened at the source so far.
  History history_so_far();

  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::unique_ptr<StreamRecord> record_;  // Of tests that leave mongod alone.

 private:
  SequenceByKey read_rows();

  std::int64_t marker_ = 0;
};

}  // namespace relay
