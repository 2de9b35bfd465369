#include "server/routes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <sodium.h>
#include <string_view>

#include "core/check.h"
#include "observe/metrics.h"
#include "server/health.h"
#include "server/status_json.h"

namespace relay {
namespace {

constexpr char kJson[] = "application/json";
constexpr std::array<std::string_view, 5> kPages = {
    "/", "/healthz", "/readyz", "/status", "/metrics"};

HttpAnswer refuse(int status, const std::string& message) {
  return {status, kJson, render_error_json(message), {}};
}

HttpAnswer not_allowed(const std::string& methods) {
  HttpAnswer answer = refuse(405, "this path takes " + methods);
  answer.headers.emplace_back("Allow", methods);
  return answer;
}

HttpAnswer to_answer(const Health& health) {
  HttpAnswer answer;
  answer.status = health.is_ok ? 200 : 503;
  answer.body = health.reason + "\n";
  return answer;
}

HttpAnswer to_answer(const SteerAnswer& steer) {
  switch (steer.outcome) {
    case SteerOutcome::accepted:
      return {202, kJson, render_accepted_json(), {}};
    case SteerOutcome::unknown_table:
      return refuse(404, "no table of this name; GET /status lists them as \"to\"");
    case SteerOutcome::refused:
      break;
  }
  return refuse(409, steer.reason.empty() ? "not now" : steer.reason);
}

// "/tables/sales.orders/snapshot": "sales.orders".
std::optional<std::string> parse_snapshot_path(std::string_view path) {
  constexpr std::string_view kBegin = "/tables/";
  constexpr std::string_view kEnd = "/snapshot";
  if (path.size() <= kBegin.size() + kEnd.size()) return std::nullopt;
  if (!path.starts_with(kBegin) || !path.ends_with(kEnd)) return std::nullopt;
  path.remove_prefix(kBegin.size());
  path.remove_suffix(kEnd.size());
  return std::string(path);
}

// A page of somebody else can make a browser on this machine send us a POST. The browser then says
// whose page it was.
bool is_foreign_page(const HttpRequest& request) {
  if (request.origin.empty()) return false;
  if (request.hosts.empty()) return true;
  // https: a proxy in front of us speaks it.
  const std::string& host = request.hosts.front();
  return request.origin != "http://" + host && request.origin != "https://" + host;
}

std::string hash_of(const std::string& text) {
  std::string hash(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()),
                     hash.size(),
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(),
                     nullptr,
                     0);
  return hash;
}

// In constant time, the length included.
bool is_equal(const std::string& given, const std::string& wanted) {
  const std::string given_hash = hash_of(given);
  const std::string wanted_hash = hash_of(wanted);
  return sodium_memcmp(given_hash.data(), wanted_hash.data(), given_hash.size()) == 0;
}

void add_safety_headers(HttpAnswer& answer) {
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.headers.emplace_back("X-Frame-Options", "DENY");
  answer.headers.emplace_back("Referrer-Policy", "no-referrer");
  answer.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace

Routes::Routes(RelayFace face, Secret token, HostNames names, Clock& clock)
    : face_(std::move(face)), token_(std::move(token)), names_(std::move(names)), clock_(clock) {
  CHECK(sodium_init() >= 0, "libsodium is ready");
}

bool Routes::has_token(const std::string& authorization) const {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return false;
  const auto is_same = [](char wanted, char given) {
    return std::tolower(static_cast<unsigned char>(given)) == wanted;
  };
  if (!std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), is_same)) return false;
  return is_equal(authorization.substr(kScheme.size()), token_.reveal());
}

HttpAnswer Routes::get(const std::string& path) const {
  if (path == "/healthz") return to_answer(judge_health(face_.report(), clock_.now()));
  if (path == "/readyz") return to_answer(judge_readiness(face_.report(), clock_.now()));
  if (path == "/status") return {200, kJson, render_status_json(face_.report()), {}};
  if (path == "/metrics") return {200, kMetricsContentType, render_metrics(face_.report()), {}};
  HttpAnswer page{200, "text/html; charset=utf-8", page_.html(), {}};
  page.headers.emplace_back("Content-Security-Policy", page_.content_security_policy());
  return page;
}

HttpAnswer Routes::post(const HttpRequest& request, const std::string& table) const {
  if (is_foreign_page(request)) return refuse(403, "the request comes from a page of another site");
  if (!token_.empty() && !has_token(request.authorization)) {
    HttpAnswer answer = refuse(401, "http.token is set: send it as Authorization: Bearer TOKEN");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"relay\"");
    return answer;
  }
  if (token_.empty() && !is_loopback(request.peer)) {
    return refuse(403, "http.token is not set, so only this machine may steer the relay");
  }
  if (request.path == "/pause") return to_answer(face_.pause());
  if (request.path == "/resume") return to_answer(face_.resume());
  return to_answer(face_.snapshot(table));
}

HttpAnswer Routes::respond(const HttpRequest& request) const {
  const std::optional<std::string> table = parse_snapshot_path(request.path);
  const bool is_page = std::ranges::find(kPages, request.path) != kPages.end();
  const bool is_wish = table || request.path == "/pause" || request.path == "/resume";
  HttpAnswer answer;
  if (request.hosts.size() > 1) {
    answer = refuse(400, "more than one Host header");
  } else if (!request.hosts.empty() && !is_host_allowed(request.hosts.front(), names_)) {
    // Without the header it is no browser, and nobody's page behind it.
    answer = refuse(403, "the Host header names another machine; use its IP address or its name");
  } else if (is_page) {
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    answer = is_read ? get(request.path) : not_allowed("GET, HEAD");
  } else if (is_wish) {
    answer = request.method == "POST" ? post(request, table.value_or("")) : not_allowed("POST");
  } else {
    answer = refuse(404, "no such path; they are /, /healthz, /readyz, /status and /metrics");
  }
  add_safety_headers(answer);
  return answer;
}

}  // namespace relay
