// A real PostgreSQL of its own for a test: free port on 127.0.0.1, fresh data, gone with the
// object.
//
// Every function that starts it returns only when it answers a query; all throw std::runtime_error
// with the end of the server's log. fsync stays on, so what was committed survives kill(). As root
// the server runs as the user `postgres`, since it refuses to run as root. Not safe for use from
// several threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temporary_directory.h"

namespace relay {

class PostgresServer {
 public:
  struct Options {
    bool auth = false;                  // The superuser needs the password postgres-pw.
    std::vector<std::string> settings;  // "max_connections=10": win over the ones given here.
    std::chrono::milliseconds ready_max = std::chrono::seconds(120);
    std::filesystem::path
        programs;  // Folder of initdb and postgres; empty: Debian's, or from PATH.
  };

  PostgresServer();
  explicit PostgresServer(Options options);
  ~PostgresServer();

  // Superuser `postgres`, database `relay`.
  std::string uri() const;
  std::string uri_for(const std::string& user, const std::string& password) const;
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }  // The postmaster.
  std::string log() const;

  void kill();   // As kill -9 of the postmaster and all its processes.
  void stop();   // Fast shutdown: clients are sent away.
  void start();  // Again, after kill() or stop(): same data, same port.
  void pause();  // SIGSTOP to all its processes: connections stay, nothing answers.
  void resume();

 private:
  void init();
  std::vector<std::string> command_line() const;
  bool try_launch();
  void create_database();
  std::string connection_string(const std::string& database) const;
  [[noreturn]] void fail(const std::string& what) const;

  Options options_;
  TemporaryDirectory logs_;
  TemporaryDirectory data_;
  TemporaryDirectory socket_;
  std::string user_;  // Whom the server runs as; empty: as we are.
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;  // Ends before its directories go.
};

}  // namespace relay
