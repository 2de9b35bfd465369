#include "core/secret.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace relay {
namespace {

// Options of MongoDB and PostgreSQL connection strings whose value is a secret.
constexpr std::array<std::string_view, 5> kSecretOptions = {"password",
                                                            "sslpassword",
                                                            "tlscertificatekeyfilepassword",
                                                            "authmechanismproperties",
                                                            "passfile"};

bool is_secret_option(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kSecretOptions, lower) != kSecretOptions.end();
}

// "a=1&password=x" -> "a=1&password=***"
std::string redact_options(std::string_view options) {
  std::string out;
  while (!options.empty()) {
    const std::size_t end = std::min(options.find('&'), options.size());
    const std::string_view option = options.substr(0, end);
    const std::size_t equals = option.find('=');
    if (equals != std::string_view::npos && is_secret_option(option.substr(0, equals))) {
      out.append(option.substr(0, equals)).append("=***");
    } else {
      out.append(option);
    }
    if (end == options.size()) break;
    out.push_back('&');
    options.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

std::string format_uri_redacted(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos) return uri.empty() ? "" : "***";
  std::string out(uri.substr(0, scheme + 3));
  std::string_view rest = uri.substr(scheme + 3);
  // The last '@' ends the user part: a password may hold an unescaped '@', '/' or '?'. When it is
  // an option that holds the '@', too much is hidden, which is the right way to be wrong.
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const std::size_t end = user.find_first_of(":/?");
    out.append(user.substr(0, end));
    if (end != std::string_view::npos) out.append(":***");
    rest = rest.substr(at);
  }
  const std::size_t question = rest.find('?');
  out.append(rest.substr(0, question));
  if (question != std::string_view::npos)
    out.append("?").append(redact_options(rest.substr(question + 1)));
  return out;
}

}  // namespace relay
