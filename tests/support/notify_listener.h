// The service manager's end of sd_notify(3): a socket that keeps what it is told.
#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>

namespace relay {

class NotifyListener {
 public:
  // `name`: a path, or "@name" of the abstract namespace. Throws std::runtime_error.
  explicit NotifyListener(const std::string& name) : descriptor_(socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0)
      throw std::runtime_error("bind " + name);
  }
  ~NotifyListener() { close(descriptor_); }
  NotifyListener(const NotifyListener&) = delete;
  NotifyListener& operator=(const NotifyListener&) = delete;

  // What was said since the last call, a datagram each.
  std::vector<std::string> take() {
    std::vector<std::string> said;
    std::array<char, 4'096> text{};
    for (;;) {
      const ssize_t size = recv(descriptor_, text.data(), text.size(), MSG_DONTWAIT);
      if (size < 0) return said;
      said.emplace_back(text.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  int descriptor_;
};

}  // namespace relay
