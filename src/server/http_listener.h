// HttpListener: the sockets on which the server is called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/descriptor.h"
#include "server/http_address.h"

namespace relay {

struct AcceptedSocket {
  Descriptor socket;  // Does not block.
  std::string peer;   // IP address.
};

enum class AcceptTrouble : std::uint8_t {
  none,            // Nobody is calling right now.
  no_descriptors,  // Somebody is, and this process has no descriptor left for him.
};

class HttpListener {
 public:
  // Every address that the host's name stands for. config_invalid: none of them can be had; the
  // message says why, and the hint what to do.
  static Result<HttpListener> open(const HttpAddress& address);

  [[nodiscard]] const std::vector<Descriptor>& sockets() const { return sockets_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_loopback_only() const { return is_loopback_only_; }

  // The next caller on one of the sockets; nullopt: see `trouble`.
  static std::optional<AcceptedSocket> accept(const Descriptor& socket, AcceptTrouble& trouble);

 private:
  std::vector<Descriptor> sockets_;
  std::uint16_t port_ = 0;
  bool is_loopback_only_ = true;
};

}  // namespace relay
