// The other end of the HTTP interface, for commands that ask a running relay. The one place that
// knows cpp-httplib's client.
#pragma once

#include <string>

#include "core/result.h"
#include "core/secret.h"
#include "server/http_address.h"

namespace relay {

struct HttpReply {
  int status = 0;
  std::string body;
};

// check_failed: no relay answers there; the message says where and why.
Result<HttpReply> http_get(const HttpAddress& address, const std::string& path);

// `token`: empty to send none.
Result<HttpReply> http_post(const HttpAddress& address,
                            const std::string& path,
                            const Secret& token);

// One part of a path, whatever is in it: "sales.orders", "a/b" -> "a%2Fb".
std::string encode_path_part(const std::string& text);

}  // namespace relay
