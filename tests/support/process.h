// A program started by a test: a server, or the relay itself.
//
// Invariant: the program does not outlive the object, nor the test. The kernel kills it when the
// thread that started it ends, even by SIGKILL; so start programs from a thread that lives as long
// as they do.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "support/temporary_directory.h"

namespace relay {

class Process {
 public:
  struct Options {
    std::vector<std::string> command;  // The first is a path, or a name to look up in PATH.
    std::vector<std::pair<std::string, std::string>> environment;  // Added to ours.
    std::filesystem::path directory;  // Where it runs; empty: an empty directory of its own.
    std::filesystem::path log;  // Takes both outputs, appended; empty: each in a file of its own.
    std::string user;           // Empty: as we are. For root only.
  };

  // Throws std::runtime_error when the program cannot be run.
  explicit Process(Options options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }  // Also after the end.
  bool is_running();

  // The exit code, or 128 + signal; nullopt: still running after that time.
  std::optional<int> wait(std::chrono::milliseconds limit);

  // Without effect once the program has ended.
  void signal(int number);
  void kill();   // SIGKILL, and waits for the end.
  void pause();  // SIGSTOP, and waits until it has stopped.
  void resume();

  // What the program has written so far. With Options::log: output() is the log, the others are
  // empty.
  std::string stdout_text() const;
  std::string stderr_text() const;
  std::string output() const;

 private:
  void reap();

  TemporaryDirectory directory_;
  Options options_;
  pid_t pid_ = -1;
  int pid_descriptor_ = -1;  // Readable once the program has ended.
  std::optional<int> exit_code_;
};

struct Finished {
  int exit_code = 0;
  std::string stdout_text;
  std::string stderr_text;
};

// Starts the program and waits for its end; throws std::runtime_error when the time is up.
Finished run_to_end(Process::Options options, std::chrono::milliseconds limit);

}  // namespace relay
