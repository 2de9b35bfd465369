#include "config/check_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include "config/fields.h"
#include "config/transport.h"

namespace relay {
namespace {

// "relay.toml:3:7: source.uri: "
std::string format_prefix(const LoadedSettings& loaded, std::string_view key) {
  const auto fields = setting_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (format_key(fields[i].info) != key) continue;
    const std::string& place = loaded.provenance[i].place;
    return (place.empty() ? "" : place + ": ") + std::string(key) + ": ";
  }
  return std::string(key) + ": ";
}

void check_uri(const LoadedSettings& loaded,
               std::string_view key,
               const Secret& uri,
               std::initializer_list<std::string_view> schemes,
               Problems& problems) {
  if (uri.empty()) return;
  std::string all;
  for (const std::string_view scheme : schemes) {
    if (uri.reveal().starts_with(scheme)) return;
    if (!all.empty()) all += scheme == *(schemes.end() - 1) ? " or " : ", ";
    all += scheme;
  }
  problems.add(format_prefix(loaded, key) + "must begin with " + all);
}

bool is_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return status == std::errc() && end == digits.data() + digits.size();
}

void need_uri(const Secret& uri, std::string_view side, Problems& problems) {
  if (!uri.empty()) return;
  const std::string name(side);
  std::string upper = name;
  for (char& c : upper)
    c = static_cast<char>(c - 'a' + 'A');
  problems.add(name + ".uri: is missing; give it in the file, as RELAY_" + upper +
               "_URI or with --" + name);
}

// Data and passwords go over a network to a machine that nothing has verified, unless somebody has
// said so by name.
void check_transport(LoadedSettings& loaded,
                     std::string_view side,
                     const Secret& uri,
                     const std::string& insecure_hosts,
                     const Environment& environment,
                     Problems& problems) {
  const std::string prefix = format_prefix(loaded, std::string(side) + ".uri");
  const std::string setting = std::string(side) + ".insecure_hosts";
  for (const std::string& host : find_unverified_hosts(uri, environment)) {
    if (is_named(insecure_hosts, host)) {
      loaded.settings.unverified.push_back({setting, host});
    } else {
      problems.add(prefix + host + " is another machine, which wants TLS that verifies it; add " +
                   (side == "source" ? "tls=true (and tlsCAFile=FILE"
                                     : "sslmode=verify-full (and sslrootcert=FILE") +
                   " for a CA of your own), or name it in " + setting);
    }
  }
}

}  // namespace

void check_settings(LoadedSettings& loaded, const LoadRequest& request, Problems& problems) {
  const Settings& settings = loaded.settings;
  const Purpose purpose = request.purpose;
  check_uri(loaded, "source.uri", settings.source.uri, {"mongodb://", "mongodb+srv://"}, problems);
  check_uri(loaded,
            "target.uri",
            settings.target.uri,
            {"postgresql://", "postgres://", "crate://"},
            problems);
  if (!settings.http.listen.empty() && !is_listen_address(settings.http.listen)) {
    problems.add(format_prefix(loaded, "http.listen") +
                 "must be HOST:PORT, such as 127.0.0.1:8686, or empty");
  }
  if (purpose == Purpose::inspect) return;
  if (purpose != Purpose::read_target) {
    need_uri(settings.source.uri, "source", problems);
    check_transport(loaded,
                    "source",
                    settings.source.uri,
                    settings.source.insecure_hosts,
                    request.environment,
                    problems);
  }
  if (purpose == Purpose::generate) return;
  need_uri(settings.target.uri, "target", problems);
  check_transport(loaded,
                  "target",
                  settings.target.uri,
                  settings.target.insecure_hosts,
                  request.environment,
                  problems);
  if (purpose == Purpose::read_target) return;
  if (settings.tables.empty()) {
    problems.add("table: at least one is needed; give it as [[table]] in the file or with --table");
  }
}

}  // namespace relay
