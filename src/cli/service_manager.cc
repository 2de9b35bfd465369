#include "cli/service_manager.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>

#include "observe/log.h"
#include "server/health.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kUpdateEvery{1};

// Twice in its time is what sd_watchdog_enabled(3) asks for; a third leaves room for a slow
// machine.
constexpr int kWatchdogParts = 3;

std::string variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read before any thread starts.
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// nullopt: not a number above zero.
std::optional<std::int64_t> parse_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

// nullopt: no name of a local socket, or too long for one.
std::optional<std::pair<sockaddr_un, socklen_t>> to_address(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path) return std::nullopt;
  if (name.front() != '/' && name.front() != '@') return std::nullopt;
  std::memcpy(address.sun_path, name.data(), name.size());
  // The length ends an abstract name, which begins with a NUL instead of the '@'.
  if (name.front() == '@') address.sun_path[0] = '\0';
  const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size();
  return std::pair(address, static_cast<socklen_t>(name.front() == '@' ? size : size + 1));
}

}  // namespace

ServiceManager::Environment ServiceManager::read_environment() {
  Environment environment{.socket = variable("NOTIFY_SOCKET"), .watchdog = std::nullopt};
  const std::string pid = variable("WATCHDOG_PID");
  const bool is_ours = pid.empty() || pid == std::to_string(getpid());
  if (const auto limit = parse_number(variable("WATCHDOG_USEC")); limit && is_ours)
    environment.watchdog = std::chrono::microseconds(*limit);
  return environment;
}

ServiceManager::ServiceManager(Environment environment, Clock& clock)
    : environment_(std::move(environment)), clock_(clock) {
  if (environment_.socket.empty()) return;
  if (to_address(environment_.socket))
    descriptor_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0)
    log_warn("nobody is told how the relay is", {{"notify_socket", environment_.socket}});
}

ServiceManager::~ServiceManager() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool ServiceManager::is_due() const {
  if (descriptor_ < 0 || is_stopping_) return false;
  const Clock::TimePoint now = clock_.now();
  const bool is_watched = environment_.watchdog.has_value();
  return now >= updated_at_ + kUpdateEvery ||
         (is_watched && now >= watched_at_ + *environment_.watchdog / kWatchdogParts);
}

void ServiceManager::update(const RelayReport& report) {
  if (descriptor_ < 0 || is_stopping_) return;
  const Clock::TimePoint now = clock_.now();
  updated_at_ = now;
  const Health health = judge_health(report, now);
  if (health.is_ok && !is_ready_said_) is_ready_said_ = send("READY=1");
  std::string status = health.is_ok ? format_service_status(report) : health.reason;
  std::ranges::replace(status, '\n', ' ');
  if (status != status_ && send("STATUS=" + status)) status_ = std::move(status);
  if (environment_.watchdog && health.is_ok && send("WATCHDOG=1")) watched_at_ = now;
}

void ServiceManager::stopping() {
  if (!std::exchange(is_stopping_, true)) send("STOPPING=1\nSTATUS=stopping");
}

bool ServiceManager::send(const std::string& text) {
  if (descriptor_ < 0) return false;
  const auto address = to_address(environment_.socket);
  const ssize_t sent = sendto(descriptor_,
                              text.data(),
                              text.size(),
                              MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address->first),
                              address->second);
  return sent == static_cast<ssize_t>(text.size());
}

std::string format_service_status(const RelayReport& report) {
  std::string text(format_relay_state(report.state));
  if (report.is_paused) text += ", paused";
  if (!report.trouble.empty()) return text + ": " + report.trouble;
  std::optional<double> lag;
  for (const StreamReport& stream : report.streams) {
    if (stream.lag_seconds) lag = std::max(lag.value_or(0), *stream.lag_seconds);
  }
  if (lag) text += ", lag " + std::to_string(std::llround(*lag)) + " s";
  return text;
}

}  // namespace relay
