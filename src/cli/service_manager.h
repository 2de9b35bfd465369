// ServiceManager: tells the one who started us how we are, in the words of sd_notify(3).
//
//   READY=1       once, when the process works: also while it waits for a server
//   STATUS=...    a line for people, when it has changed
//   WATCHDOG=1    again and again while the relay is healthy, when a watchdog is asked for
//   STOPPING=1    once, when the way out begins
//
// Each is one datagram to the socket that NOTIFY_SOCKET names. That is the whole of the protocol,
// and it is promised to stay; so there is no libsystemd here, which would be a library, with what
// it links itself, in every process for sixty lines. Without NOTIFY_SOCKET all of this is nothing.
//
// One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/clock.h"
#include "observe/relay_report.h"

namespace relay {

class ServiceManager {
 public:
  struct Environment {
    std::string socket;  // A path, or "@name" of the abstract namespace; empty: nobody listens.
    std::optional<std::chrono::microseconds> watchdog;  // Longest silence; nullopt: any.
  };
  // NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.
  static Environment read_environment();

  // `clock` outlives this.
  ServiceManager(Environment environment, Clock& clock);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // Whether update() would have something to say; asked several times a second.
  [[nodiscard]] bool is_due() const;
  void update(const RelayReport& report);
  void stopping();

 private:
  // False: it was not taken, which only means that it is said again.
  bool send(const std::string& text);

  Environment environment_;
  Clock& clock_;
  int descriptor_ = -1;  // -1: nobody listens.
  bool is_ready_said_ = false;
  bool is_stopping_ = false;
  std::string status_;
  Clock::TimePoint updated_at_{};
  Clock::TimePoint watched_at_{};
};

// "streaming, lag 0 s": for `systemctl status`. One line.
std::string format_service_status(const RelayReport& report);

}  // namespace relay
