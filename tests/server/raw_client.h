// A client that sends any bytes it likes, in pieces, and reads until the server closes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace relay {

class RawClient {
 public:
  // Throws std::runtime_error when nobody listens on the port of 127.0.0.1. `receive_bytes`: of the
  // kernel's buffer, 0 for its own choice.
  explicit RawClient(std::uint16_t port, int receive_bytes = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False: the server has closed.
  bool send(std::string_view bytes);

  // Everything until the server closes. Throws when it does not within 20 s, or resets instead.
  std::string read_all();

 private:
  int socket_ = -1;
};

// One request and its answer, on a connection of its own.
std::string fetch(std::uint16_t port, std::string_view request);

// "GET /path HTTP/1.1" with what it needs.
std::string get(const std::string& path);

}  // namespace relay
