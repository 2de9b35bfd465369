#include "server/http_listener.h"

#include <array>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace relay {
namespace {

constexpr int kBacklog = 64;

Error listen_failed(const HttpAddress& address, const std::string& reason, std::string hint) {
  return {
      ErrorKind::config_invalid,
      "listen on http.listen=" + address.host + ":" + std::to_string(address.port) + ": " + reason,
      std::move(hint)};
}

std::string hint_for(int number) {
  if (number == EADDRINUSE)
    return "another program has the port (`ss -ltnp` names it): set http.listen to another one, or "
           "to \"\" for no HTTP";
  if (number == EADDRNOTAVAIL) return "http.listen must name an address of this machine";
  if (number == EACCES) return "ports below 1024 need a right of their own: take a higher one";
  return "set http.listen to another address, or to \"\" for no HTTP";
}

std::string format_ip(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* bytes = static_cast<const void*>(&address);
  const void* ip = address.ss_family == AF_INET
                       ? static_cast<const void*>(&static_cast<const sockaddr_in*>(bytes)->sin_addr)
                       : &static_cast<const sockaddr_in6*>(bytes)->sin6_addr;
  if (inet_ntop(address.ss_family, ip, text.data(), text.size()) == nullptr) return "";
  return text.data();
}

sockaddr* as_sockaddr(sockaddr_storage& storage) {
  return static_cast<sockaddr*>(static_cast<void*>(&storage));
}

// An open socket, or an errno.
Descriptor open_socket(const addrinfo& address, int& number) {
  Descriptor socket(::socket(
      address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  const int on = 1;
  const bool is_ready =
      socket.is_open() &&
      // After a restart old connections may still be on their way out.
      setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      // Else :: would take the port on IPv4, too, and 0.0.0.0 beside it could not be had.
      (address.ai_family != AF_INET6 ||
       setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
      bind(socket.get(), address.ai_addr, address.ai_addrlen) == 0 &&
      listen(socket.get(), kBacklog) == 0;
  if (is_ready) return socket;
  number = errno;
  return {};
}

sockaddr_storage own_address(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(socket.get(), as_sockaddr(address), &size);
  return address;
}

std::uint16_t port_of(const sockaddr_storage& address) {
  const auto* bytes = static_cast<const void*>(&address);
  return ntohs(address.ss_family == AF_INET ? static_cast<const sockaddr_in*>(bytes)->sin_port
                                            : static_cast<const sockaddr_in6*>(bytes)->sin6_port);
}

}  // namespace

Result<HttpListener> HttpListener::open(const HttpAddress& address) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int code = getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found);
  if (code != 0) {
    return listen_failed(address,
                         gai_strerror(code),
                         "http.listen must begin with an address or a name of this machine");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);

  HttpListener listener;
  int failure = 0;
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    int number = 0;
    Descriptor socket = open_socket(*next, number);
    if (!socket.is_open()) {
      // A machine without IPv6 still has localhost as ::1 in its tables. A port that is taken on
      // one of the addresses is another matter: half of the callers would reach somebody else.
      if (failure == 0 || number == EADDRINUSE) failure = number;
      if (number == EADDRINUSE) listener.sockets_.clear();
      if (number == EADDRINUSE) break;
      continue;
    }
    const sockaddr_storage own = own_address(socket);
    if (!is_loopback(format_ip(own))) listener.is_loopback_only_ = false;
    if (listener.port_ == 0) listener.port_ = port_of(own);
    listener.sockets_.push_back(std::move(socket));
    // Port 0 means any; the next address would get another one.
    if (address.port == 0) break;
  }
  if (listener.sockets_.empty()) {
    return listen_failed(address, std::generic_category().message(failure), hint_for(failure));
  }
  return Result<HttpListener>(std::move(listener));
}

std::optional<AcceptedSocket> HttpListener::accept(const Descriptor& socket,
                                                   AcceptTrouble& trouble) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int number =
      accept4(socket.get(), as_sockaddr(address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  trouble = AcceptTrouble::none;
  if (number >= 0) return AcceptedSocket{Descriptor(number), format_ip(address)};
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    trouble = AcceptTrouble::no_descriptors;
  }
  return std::nullopt;
}

}  // namespace relay
