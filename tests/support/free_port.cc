#include "support/free_port.h"

#include <random>
#include <stdexcept>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace relay {
namespace {

// Below the kernel's usual range for outgoing connections (32768 and up): a port from that range,
// as bind(0) gives it, can be taken by any client while a killed server is not yet started again.
constexpr std::uint16_t kPortMin = 20'000;
constexpr std::uint16_t kPortMax = 32'000;
constexpr int kAttempts = 200;

class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (descriptor_ < 0) throw std::runtime_error("cannot make a socket");
  }
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool try_listen(std::uint16_t port) const {
    const int on = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    const sockaddr_in address = loopback(port);
    return bind(descriptor_, as_general(&address), sizeof(address)) == 0 &&
           listen(descriptor_, 1) == 0;
  }

  bool try_connect(std::uint16_t port) const {
    const sockaddr_in address = loopback(port);
    return connect(descriptor_, as_general(&address), sizeof(address)) == 0;
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static const sockaddr* as_general(const sockaddr_in* address) {
    return reinterpret_cast<const sockaddr*>(address);
  }

  int descriptor_;
};

}  // namespace

std::uint16_t pick_free_port() {
  std::random_device random;
  std::uniform_int_distribution<std::uint16_t> range(kPortMin, kPortMax);
  for (int i = 0; i < kAttempts; ++i) {
    const std::uint16_t port = range(random);
    if (Socket().try_listen(port)) return port;
  }
  throw std::runtime_error("no free port between 20000 and 32000 on 127.0.0.1");
}

bool is_listening(std::uint16_t port) {
  return Socket().try_connect(port);
}

}  // namespace relay
