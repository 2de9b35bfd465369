// HttpExchange: bytes of a request in, bytes of its answer out. The one place that knows
// cpp-httplib's server, which reads and writes HTTP here and never sees a socket.
//
// One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/http_message.h"

namespace relay {

class HttpExchange {
 public:
  explicit HttpExchange(HttpResponder respond);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // `head`: a request up to the empty line that ends its headers. What is no HTTP is answered with
  // 400. The answer closes the connection.
  std::string answer(std::string_view head, const std::string& peer);

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

// "0.11.4", for `relay --version`.
std::string http_library_version();

}  // namespace relay
