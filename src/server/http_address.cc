#include "server/http_address.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

namespace relay {
namespace {

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

bool is_ip(int family, const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(family, text.c_str(), bytes.data()) == 1;
}

// Host and port apart; the port may be missing. False: not of that form.
bool split_host(std::string_view text, std::string_view& host, std::string_view& port) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return false;
  } else {
    const std::size_t colon = text.find(':');
    host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (!port.empty()) port.remove_prefix(1);
  return !host.empty();
}

}  // namespace

Result<HttpAddress> parse_http_address(std::string_view listen) {
  std::string_view host;
  std::string_view port;
  HttpAddress address;
  if (!split_host(listen, host, port) || !parse_port(port, address.port)) {
    return Error{ErrorKind::config_invalid,
                 "http.listen: must be HOST:PORT, such as 127.0.0.1:8686 or [::1]:8686, or empty",
                 ""};
  }
  address.host = host;
  return address;
}

std::string format_http_url(const HttpAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + address.host + "]" : address.host) + ":" +
         std::to_string(address.port);
}

bool is_loopback(std::string_view ip) {
  constexpr std::string_view kMapped = "::ffff:";
  if (ip.starts_with(kMapped)) ip.remove_prefix(kMapped.size());
  const std::string text(ip);
  if (is_ip(AF_INET6, text)) return text == "::1";
  return is_ip(AF_INET, text) && text.starts_with("127.");
}

HttpAddress to_local(HttpAddress address) {
  if (address.host == "0.0.0.0") address.host = "127.0.0.1";
  if (address.host == "::") address.host = "::1";
  return address;
}

bool is_host_allowed(std::string_view host_header, const HostNames& names) {
  std::string_view host;
  std::string_view port;
  if (!split_host(host_header, host, port)) return false;
  std::uint16_t number = 0;
  if (!port.empty() && !parse_port(port, number)) return false;
  const std::string name = to_lower(host);
  if (is_ip(AF_INET, name) || is_ip(AF_INET6, name)) return true;
  if (name.find(':') != std::string::npos) return false;
  if (name.find('.') == std::string::npos || name.ends_with(".localhost")) return true;
  return name == to_lower(names.listen) || name == to_lower(names.machine);
}

}  // namespace relay
