// Addresses of the HTTP server: where it listens, who may be a peer, under which names it may be
// asked. Pure.
//
//   listen = host ":" port      host may be a name, IPv4, or IPv6 in brackets
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace relay {

struct HttpAddress {
  std::string host;  // Without brackets.
  std::uint16_t port = 0;
};

// config_invalid: not of the form above.
Result<HttpAddress> parse_http_address(std::string_view listen);

// "http://[::1]:8686".
std::string format_http_url(const HttpAddress& address);

// An IP address that only this machine reaches: 127.0.0.0/8, ::1, also mapped into IPv6.
bool is_loopback(std::string_view ip);

// Where somebody on the same machine finds a server that listens there: 0.0.0.0 and :: are every
// address and none to connect to.
HttpAddress to_local(HttpAddress address);

// Names under which a server on this machine may be asked, besides those that are always fine.
struct HostNames {
  std::string listen;   // The host it listens on, as in the settings.
  std::string machine;  // gethostname(2).
};

// Whether the Host header names this server. A page on the web can make a browser call us under a
// name of its own that leads here (DNS rebinding), and would then pass for one of our pages. So
// only names are taken that no stranger can have: IP addresses, localhost, names without a dot
// (service names of containers, which no public server answers for), the machine's own and the one
// it was told to listen on.
bool is_host_allowed(std::string_view host_header, const HostNames& names);

}  // namespace relay
