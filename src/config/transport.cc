#include "config/transport.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

#include <arpa/inet.h>

namespace relay {
namespace {

// Stands for a host whose name may be a piece of a password: see read_uri().
constexpr std::string_view kUnnamed = "its host";

struct UriParts {
  std::string_view scheme;
  std::vector<std::string> hosts;              // Without ports; empty ones are sockets.
  std::map<std::string, std::string> options;  // Names in lower case; the last of several counts.
};

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string decode_percents(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    const char* const digits = text.data() + at + 1;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out.push_back(static_cast<char>(value));
      at += 2;
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

// "db1:27017", "[::1]:5432", "%2Ftmp%2Fmongodb-27017.sock" without the port.
std::string to_host(std::string_view text) {
  if (text.starts_with('[')) return std::string(text.substr(1, text.find(']') - 1));
  return decode_percents(text.substr(0, text.find(':')));
}

UriParts read_uri(std::string_view uri) {
  UriParts parts;
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos) return parts;
  parts.scheme = uri.substr(0, scheme);
  uri.remove_prefix(scheme + 3);
  const std::size_t end = std::min(uri.find_first_of("/?"), uri.size());
  const std::string_view authority = uri.substr(0, end);
  const std::size_t at = authority.rfind('@');
  // A later '@' is that of a password with '/' or '?' in it, perhaps, and what looks like a host is
  // a piece of the password then.
  const bool is_ambiguous = uri.find('@', end) != std::string_view::npos;
  for (const std::string_view host :
       split(at == std::string_view::npos ? authority : authority.substr(at + 1), ',')) {
    std::string name = to_host(host);
    parts.hosts.push_back(is_ambiguous && !name.empty() ? std::string(kUnnamed) : std::move(name));
  }
  const std::size_t question = uri.find('?', end);
  if (question == std::string_view::npos) return parts;
  for (const std::string_view option : split(uri.substr(question + 1), '&')) {
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos) continue;
    parts.options[to_lower(option.substr(0, equals))] = decode_percents(option.substr(equals + 1));
  }
  return parts;
}

bool is_local(const std::string& host) {
  if (host.empty() || host.starts_with('/') || host.starts_with('@')) return true;
  if (to_lower(host) == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool is_verified_by_mongodb(const UriParts& parts) {
  constexpr std::array<std::string_view, 5> kWeakenings = {"tlsinsecure",
                                                           "tlsallowinvalidcertificates",
                                                           "tlsallowinvalidhostnames",
                                                           "sslallowinvalidcertificates",
                                                           "sslallowinvalidhostnames"};
  for (const std::string_view name : kWeakenings) {
    const auto found = parts.options.find(std::string(name));
    if (found != parts.options.end() && found->second != "false") return false;
  }
  bool has_tls = parts.scheme == "mongodb+srv";
  for (const char* name : {"ssl", "tls"}) {
    const auto found = parts.options.find(name);
    if (found != parts.options.end()) has_tls = found->second == "true";
  }
  return has_tls;
}

// An option of the connection string, else the environment's, else empty.
std::string postgres_value(const UriParts& parts,
                           const std::string& option,
                           const std::string& variable,
                           const Environment& environment) {
  const auto found = parts.options.find(option);
  if (found != parts.options.end()) return found->second;
  return environment ? environment(variable).value_or("") : "";
}

// hostaddr is where libpq goes, whatever the name is; the list of hosts may stand in an option or
// in the environment; a service file may hold all of it.
std::vector<std::string> postgres_hosts(const UriParts& parts, const Environment& environment) {
  std::string given = postgres_value(parts, "hostaddr", "PGHOSTADDR", environment);
  const bool is_named_in_uri =
      std::ranges::any_of(parts.hosts, [](const std::string& host) { return !host.empty(); });
  if (given.empty() && is_named_in_uri && !parts.options.contains("host")) return parts.hosts;
  if (given.empty()) given = postgres_value(parts, "host", "PGHOST", environment);
  if (given.empty()) given = postgres_value(parts, "service", "PGSERVICE", environment);
  std::vector<std::string> hosts;
  for (const std::string_view host : split(given, ','))
    hosts.emplace_back(host);
  return hosts;
}

}  // namespace

std::vector<std::string> find_unverified_hosts(const Secret& uri, const Environment& environment) {
  UriParts parts = read_uri(uri.reveal());
  const bool is_mongodb = parts.scheme.starts_with("mongodb");
  const bool is_verified =
      is_mongodb ? is_verified_by_mongodb(parts)
                 : postgres_value(parts, "sslmode", "PGSSLMODE", environment) == "verify-full";
  if (is_verified) return {};
  std::vector<std::string> hosts =
      is_mongodb ? std::move(parts.hosts) : postgres_hosts(parts, environment);
  std::erase_if(hosts, is_local);
  return hosts;
}

bool is_named(std::string_view list, std::string_view host) {
  for (std::string_view name : split(list, ',')) {
    while (name.starts_with(' '))
      name.remove_prefix(1);
    while (name.ends_with(' '))
      name.remove_suffix(1);
    if (to_lower(name) == to_lower(host)) return true;
  }
  return false;
}

}  // namespace relay
