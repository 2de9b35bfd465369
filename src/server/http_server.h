// HttpServer: status, health, metrics and steering over HTTP.
//
// One thread serves all connections, and none of them ever makes it wait:
//
//   until told to stop:
//     poll(all sockets, until the next deadline)
//     take new callers; who is one too many pushes the oldest one out
//     move on each connection that can be moved on
//     drop those whose time is up
//
// So whoever is slow, on purpose or not, holds up nobody, and loses his place when it is needed.
//
// Not here: what is answered (routes.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "server/http_connection.h"
#include "server/http_exchange.h"
#include "server/http_listener.h"
#include "server/relay_face.h"
#include "server/routes.h"

namespace relay {

class HttpServer {
 public:
  struct Options {
    std::string listen{};  // "host:port", as in http.listen; not empty. Port 0: any, for tests.
    Secret token{};        // Empty: only this machine may steer.
    std::size_t connections_max = 64;
    // From the first byte to the last of a request and its answer.
    std::chrono::milliseconds exchange_max{10'000};
  };

  // Listens and serves until the object goes. config_invalid: the address cannot be had. `clock`
  // and what `face` refers to outlive this.
  static Result<std::unique_ptr<HttpServer>> open(Options options, RelayFace face, Clock& clock);

  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

 private:
  HttpServer(Options options, RelayFace face, Clock& clock, HttpListener listener, HostNames names);

  void run(const std::stop_token& stop);
  void accept_callers(const Descriptor& socket);
  void advance_all(const std::vector<short>& happened);
  void drop_finished();
  [[nodiscard]] int milliseconds_to_deadline() const;

  Options options_;
  Clock& clock_;
  Routes routes_;
  HttpExchange exchange_;
  HttpListener listener_;
  Descriptor wake_;                          // An eventfd: written to when it is time to stop.
  std::vector<HttpConnection> connections_;  // Oldest first. Of the thread alone.
  bool is_short_of_descriptors_ = false;     // Of the thread alone.
  std::jthread thread_;                      // Last: it uses all of the above.
};

}  // namespace relay
