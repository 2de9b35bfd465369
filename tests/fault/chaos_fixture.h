// What `kills` and `soak` share: three writers, a relay, and faults that somebody chose, with every
// promise looked at after each of them and a raw log of all that was done.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "fault/fault_fixture.h"

namespace relay {

// What the program was asked for on its command line.
struct ChaosOptions {
  int runs = 60;
  double minutes = 2;
  std::uint64_t seed = 0;
  std::filesystem::path log_directory;
};
ChaosOptions& chaos_options();

// Takes `--runs N`, `--minutes N`, `--seed S` and `--log DIR` out of the arguments and runs the
// program's tests. Exit code of the tests; 2: not a command line.
int run_chaos(int argc, char** argv);

class ChaosTest : public FaultTest {
 protected:
  // Of a process: who, and what happens to it.
  struct Fault {
    bool hits_relay = false;
    bool hits_target = false;
    bool hits_source = false;
    bool is_kill = true;  // False: SIGSTOP, and SIGCONT after a while.
    [[nodiscard]] std::string text() const;
  };

  // Writers and a relay with these arguments; choices are random from `seed`.
  void begin(std::uint64_t seed, Arguments arguments);
  // Does it, undoes it, and sees to it that a relay runs.
  void do_fault(const Fault& fault);
  // From now until something that is written now is in the target; fails after kPatience.
  std::chrono::duration<double> catch_up();
  void end();
  void note(const std::string& line);
  // The relay's log so far goes to the raw log.
  void keep_relay_log();

  [[nodiscard]] VersionWriters& writers() { return *writers_; }
  [[nodiscard]] RelayProcess& relay() { return *relay_; }
  std::uint64_t pick(std::uint64_t count) { return random_() % count; }

 private:
  void start_relay_again();

  std::ofstream log_;
  Arguments arguments_;
  std::chrono::steady_clock::time_point began_at_;
  std::unique_ptr<VersionWriters> writers_;
  std::unique_ptr<RelayProcess> relay_;
  int catch_ups_ = 0;
};

}  // namespace relay
