#include "server/relay_client.h"

#include <cctype>
#include <httplib.h>

namespace relay {
namespace {

// The relay is next door, and answers from memory.
constexpr time_t kConnectSeconds = 3;
constexpr time_t kAnswerSeconds = 10;

httplib::Client make_client(const HttpAddress& address) {
  httplib::Client client(address.host, address.port);
  client.set_connection_timeout(kConnectSeconds);
  client.set_read_timeout(kAnswerSeconds);
  client.set_write_timeout(kAnswerSeconds);
  return client;
}

// The library writes an IPv6 address without its brackets.
httplib::Headers make_headers(const HttpAddress& address) {
  return {{"Host", format_http_url(address).substr(std::string("http://").size())}};
}

std::string explain(httplib::Error error) {
  if (error == httplib::Error::Connection) return "nobody takes connections there";
  if (error == httplib::Error::ConnectionTimeout) return "connecting takes too long";
  return "what answers there is no relay, or the answer takes too long";
}

Result<HttpReply> to_reply(const HttpAddress& address, const httplib::Result& result) {
  if (result) return HttpReply{result->status, result->body};
  return Error{ErrorKind::check_failed,
               "ask the relay at " + format_http_url(address) + ": " + explain(result.error()),
               "start it (relay cdc-relay), or give this command the same settings as the relay "
               "(--config, http.listen)"};
}

}  // namespace

Result<HttpReply> http_get(const HttpAddress& address, const std::string& path) {
  return to_reply(address, make_client(address).Get(path, make_headers(address)));
}

Result<HttpReply> http_post(const HttpAddress& address,
                            const std::string& path,
                            const Secret& token) {
  httplib::Headers headers = make_headers(address);
  if (!token.empty()) headers.emplace("Authorization", "Bearer " + token.reveal());
  return to_reply(address, make_client(address).Post(path, headers, "", "text/plain"));
}

std::string encode_path_part(const std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '.' || c == '_' || c == '-' || c == '~') {
      encoded.push_back(c);
    } else {
      encoded.push_back('%');
      encoded.push_back(kDigits[byte >> 4U]);
      encoded.push_back(kDigits[byte & 15U]);
    }
  }
  return encoded;
}

}  // namespace relay
