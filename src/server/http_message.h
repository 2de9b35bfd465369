// A request and its answer, as far as this server cares, without any HTTP library.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace relay {

struct HttpRequest {
  std::string method;  // "GET"; HEAD is told as such, and its answer has the body all the same.
  std::string path;    // Decoded, without the query.
  std::vector<std::string> hosts;  // Every Host header there was.
  std::string authorization;
  std::string origin;  // Empty: none was sent, so it is no page in a browser.
  std::string peer;    // IP address of the other side.
};

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Called on the server's thread; returns at once.
using HttpResponder = std::function<HttpAnswer(const HttpRequest&)>;

}  // namespace relay
