#include "crate_double/crate_double.h"

#include <array>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "crate_double/crate_session.h"

namespace relay {
namespace {

constexpr int kBacklog = 16;
constexpr int kPollMs = 50;

}  // namespace

CrateDouble::CrateDouble(Options options) : options_(std::move(options)) {
  listen_on(0);
}

CrateDouble::~CrateDouble() {
  kill();
}

std::string CrateDouble::uri(const std::string& scheme) const {
  return scheme + "://crate@127.0.0.1:" + std::to_string(port_) + "/doc?sslmode=disable";
}

SubColumns CrateDouble::sub_columns(const std::string& table, const std::string& column) {
  return world_.objects.with([&](auto& objects) { return objects[{table, column}]; });
}

void CrateDouble::listen_on(std::uint16_t port) {
  CrateStore(options_.backend_uri, world_, [] {}).set_up();
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  sockaddr* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(descriptor, any, size) != 0 || listen(descriptor, kBacklog) != 0 ||
      getsockname(descriptor, any, &size) != 0) {
    close(descriptor);
    throw std::runtime_error("the double cannot listen");
  }
  port_ = ntohs(address.sin_port);
  listener_ = descriptor;
  is_dead_ = false;
  acceptor_ = std::jthread([this] { accept_clients(); });
}

void CrateDouble::accept_clients() {
  const int listener = listener_;
  while (!is_dead_) {
    pollfd entry{.fd = listener, .events = POLLIN, .revents = 0};
    if (poll(&entry, 1, kPollMs) <= 0 || is_dead_) continue;
    const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    const int yes = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    clients_.with([&](std::list<Client>& clients) {
      Client& client = clients.emplace_back();
      client.descriptor = descriptor;
      if (is_dead_) shutdown(descriptor, SHUT_RDWR);
      client.thread = std::jthread([this, descriptor] { serve(descriptor); });
    });
  }
  close(listener);
}

void CrateDouble::serve(int descriptor) {
  try {
    CrateSession(descriptor,
                 {.backend_uri = options_.backend_uri,
                  .version = options_.version,
                  .world = world_,
                  .die = [this] { cut(); }})
        .serve();
  } catch (const std::exception&) {
    // The PostgreSQL behind it has gone: so has the server, for its client.
  }
  shutdown(descriptor, SHUT_RDWR);
}

void CrateDouble::cut() {
  is_dead_ = true;
  clients_.with([](std::list<Client>& clients) {
    for (const Client& client : clients)
      shutdown(client.descriptor, SHUT_RDWR);
  });
}

void CrateDouble::kill() {
  cut();
  if (acceptor_.joinable()) acceptor_.join();
  cut();  // Who came in between.
  std::list<Client> clients =
      clients_.with([](std::list<Client>& all) { return std::exchange(all, {}); });
  for (Client& client : clients) {
    client.thread.join();
    close(client.descriptor);
  }
}

void CrateDouble::start() {
  kill();
  world_.traps.with([&](CrateTraps& traps) { traps.unknown_count = options_.unknown_after_start; });
  listen_on(port_);
}

}  // namespace relay
