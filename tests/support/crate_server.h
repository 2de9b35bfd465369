// A real CrateDB of its own for a test: free ports on 127.0.0.1, fresh data, gone with the object.
//
// The program comes from outside: a folder with bin/crate. As root the server runs as the user
// `postgres`, since it refuses to run as root. All functions throw std::runtime_error with the end
// of its log. Not safe for use from several threads.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temporary_directory.h"

namespace relay {

class CrateServer {
 public:
  // Returns once tables can be made.
  explicit CrateServer(std::filesystem::path home);

  [[nodiscard]] std::string uri(const std::string& scheme = "postgresql") const;
  [[nodiscard]] std::string log() const { return read_file(logs_.path() / "log"); }

  void kill() { process_->kill(); }  // SIGKILL.
  // Again, after kill(): same data, same port. Returns as soon as it takes clients; its tables may
  // be unknown for some moments more.
  void start();

 private:
  [[nodiscard]] std::vector<std::string> command_line() const;
  [[nodiscard]] std::string run_sql(const char* sql) const;
  void launch(const char* probe);
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path home_;
  TemporaryDirectory logs_;
  TemporaryDirectory data_;
  std::string user_;                    // Whom the server runs as; empty: as we are.
  std::array<std::uint16_t, 3> ports_;  // PostgreSQL's protocol, HTTP, other nodes.
  std::unique_ptr<Process> process_;    // Ends before its directories go.
};

}  // namespace relay
