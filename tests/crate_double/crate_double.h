// CrateDouble: answers as CrateDB 6.4.3 does, with the rows in a PostgreSQL of the test.
//
// CrateDB is in no package registry, so this stands in for it: the wire behaviour that was measured
// on a real server, with each way to lose rows switchable. It knows the statements that relay and
// its tests send, no others. What it stores can be looked at in the PostgreSQL behind it.
//
// Start and stop from one thread; set_traps() from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "core/guarded.h"
#include "crate_double/crate_world.h"

namespace relay {

class CrateDouble {
 public:
  struct Options {
    std::string backend_uri;  // The database that keeps the rows.
    std::string version = "6.4.3";
    int unknown_after_start = 0;  // CrateTraps::unknown_count after each start() but the first.
  };

  explicit CrateDouble(Options options);
  ~CrateDouble();
  CrateDouble(const CrateDouble&) = delete;
  CrateDouble& operator=(const CrateDouble&) = delete;

  [[nodiscard]] std::string uri(const std::string& scheme = "postgresql") const;
  [[nodiscard]] std::uint16_t port() const { return port_; }

  void set_traps(const std::function<void(CrateTraps&)>& change) { world_.traps.with(change); }
  [[nodiscard]] CrateTraps traps() const { return world_.traps.copy(); }
  // The sub-columns of an OBJECT(DYNAMIC) column: "sales.orders", "data".
  [[nodiscard]] SubColumns sub_columns(const std::string& table, const std::string& column);

  // Every connection is cut and nobody listens; what is being written may be there or not.
  void kill();
  void start();  // After kill(), or after it died by a trap: same rows, same port.
  [[nodiscard]] bool is_dead() const { return is_dead_; }

 private:
  struct Client {
    int descriptor = -1;
    std::jthread thread;
  };

  void listen_on(std::uint16_t port);
  void accept_clients();
  void serve(int descriptor);
  void cut();  // From any thread.

  Options options_;
  CrateWorld world_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_dead_ = false;
  int listener_ = -1;  // Closed by the thread that accepts.
  Guarded<std::list<Client>> clients_;
  std::jthread acceptor_;
};

}  // namespace relay
