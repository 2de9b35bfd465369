// The relay itself, the program that users start, as a test sees it from outside.
#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "support/process.h"

namespace relay {

// Of every wait: nothing takes that long, even on a loaded machine.
inline constexpr std::chrono::seconds kPatience{60};

// What tests plant as a password and as a value in documents. No relay may ever print it: each
// RelayProcess looks for it in everything that was said, and fails the test.
inline constexpr char kCanary[] = "kanarienvogel-4711";

class RelayProcess {
 public:
  struct Options {
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  // Added to ours.
    std::filesystem::path directory;  // Where it runs, and so where relay.db lies.
    std::filesystem::path program;    // Empty: the one that was built with the test.
    std::string user;                 // Empty: as we are. For root only.
  };

  explicit RelayProcess(Options options);
  ~RelayProcess();
  RelayProcess(const RelayProcess&) = delete;
  RelayProcess& operator=(const RelayProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] bool is_running() { return process_.is_running(); }

  // Everything it has said so far, both outputs.
  [[nodiscard]] std::string log() const { return process_.output(); }
  // Only `error:` and `try:` lines, as they stand.
  [[nodiscard]] std::string complaint() const;

  // False when the program ends, or the time is up, before the text appears `count` times.
  bool wait_for_log(std::string_view text, std::size_t count = 1);

  void terminate() { process_.signal(SIGTERM); }
  void pause() { process_.pause(); }  // SIGSTOP.
  void resume() { process_.resume(); }
  void kill() { process_.kill(); }
  // Its exit code, or 128 + the signal that ended it. Throws std::runtime_error when it goes on.
  int wait(std::chrono::milliseconds limit = kPatience);

 private:
  bool shows_documents_;  // `dead-letter show`, whose job it is.
  Process process_;
};

std::filesystem::path relay_program();

}  // namespace relay
