// A real mongod of its own for a test: free port on 127.0.0.1, fresh data, gone with the object.
//
// Every function that starts it returns only when it takes writes (a member: answers); all throw
// std::runtime_error with the end of the server's log. Not safe for use from several threads at
// once.
//
// The program is RELAY_TEST_MONGOD when that is set, otherwise the one scripts/setup has unpacked.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temporary_directory.h"

namespace relay {

class MongoServer {
 public:
  struct Options {
    bool replica_set = true;  // One member, rs0; false: a standalone.
    // Of a set that the caller initiates: ready when it answers, whether it takes writes or not.
    bool is_member = false;
    bool auth = false;  // With a user root, password root-pw, who may do everything.
    std::vector<std::string> extra_args;  // "--oplogSize", "8": win over the ones given here.
    std::chrono::milliseconds ready_max = std::chrono::seconds(30);
    std::filesystem::path program;  // Empty: see above.
  };

  MongoServer();
  explicit MongoServer(Options options);

  // With user and password of root when there is auth.
  std::string uri() const;
  std::string uri_for(const std::string& user, const std::string& password) const;
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }
  std::string log() const;

  void kill();   // As kill -9.
  void stop();   // As a service manager does, with SIGTERM.
  void start();  // Again, after kill() or stop(): same data, same port.
  void pause();  // SIGSTOP: connections stay, nothing answers.
  void resume();

 private:
  std::vector<std::string> command_line() const;
  bool try_launch();
  void become_ready();
  void initiate();
  void add_root();
  std::string direct_uri() const;
  bool is_ready() const;
  [[noreturn]] void fail(const std::string& what) const;

  Options options_;
  TemporaryDirectory directory_;
  std::uint16_t port_ = 0;
  bool has_root_ = false;
  std::unique_ptr<Process> process_;  // Ends before its directory goes.
};

// Throws std::runtime_error that names scripts/setup when there is none.
std::filesystem::path find_mongod();

}  // namespace relay
