#include "server/raw_client.h"

#include <array>
#include <stdexcept>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace relay {

RawClient::RawClient(std::uint16_t port, int receive_bytes)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (receive_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* plain = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (connect(socket_, plain, sizeof address) == 0) return;
  close(socket_);
  throw std::runtime_error("nobody listens");
}

RawClient::~RawClient() {
  close(socket_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string RawClient::read_all() {
  std::string text;
  std::array<char, 16'384> bytes{};
  for (;;) {
    const ssize_t size = recv(socket_, bytes.data(), bytes.size(), 0);
    if (size < 0) throw std::runtime_error("no end of the answer");
    if (size == 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
}

std::string fetch(std::uint16_t port, std::string_view request) {
  RawClient client(port);
  client.send(request);
  return client.read_all();
}

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

}  // namespace relay
