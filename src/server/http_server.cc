#include "server/http_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <pthread.h>
#include <stop_token>
#include <unistd.h>
#include <utility>

#include <sys/eventfd.h>

#include "core/check.h"
#include "observe/log.h"

namespace relay {
namespace {

// Without a descriptor for the next caller the listening sockets stay readable; they are left alone
// for this long, else the loop would turn as fast as it can.
constexpr int kShortageMs = 100;

std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

Descriptor make_wake() {
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  CHECK(wake.is_open(), "the kernel has an eventfd for us");
  return wake;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::open(Options options,
                                                     RelayFace face,
                                                     Clock& clock) {
  const Result<HttpAddress> address = parse_http_address(options.listen);
  if (!address.ok()) return address.error();
  Result<HttpListener> listener = HttpListener::open(address.value());
  if (!listener.ok()) return listener.error();
  HttpAddress served = address.value();
  served.port = listener.value().port();
  log_info("status page is up", {{"url", format_http_url(served)}});
  if (!listener.value().is_loopback_only()) {
    log_warn("everybody who reaches the port can read the status; steering needs http.token",
             {{"has_token", !options.token.empty()}});
  }
  return std::unique_ptr<HttpServer>(
      new HttpServer(std::move(options),
                     std::move(face),
                     clock,
                     std::move(listener.value()),
                     HostNames{.listen = address.value().host, .machine = machine_name()}));
}

HttpServer::HttpServer(
    Options options, RelayFace face, Clock& clock, HttpListener listener, HostNames names)
    : options_(std::move(options)),
      clock_(clock),
      routes_(std::move(face), options_.token, std::move(names), clock),
      exchange_([this](const HttpRequest& request) { return routes_.respond(request); }),
      listener_(std::move(listener)),
      wake_(make_wake()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

HttpServer::~HttpServer() = default;

void HttpServer::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "relay-http");
  const std::stop_callback wake_up(stop, [this] { eventfd_write(wake_.get(), 1); });
  std::vector<pollfd> polled;
  std::vector<short> happened;
  while (!stop.stop_requested()) {
    polled.assign(1, {wake_.get(), POLLIN, 0});
    for (const Descriptor& socket : listener_.sockets()) {
      // A negative number is passed over by poll.
      polled.push_back({is_short_of_descriptors_ ? -1 : socket.get(), POLLIN, 0});
    }
    for (const HttpConnection& connection : connections_)
      polled.push_back({connection.socket(), connection.events(), 0});
    const int timeout = is_short_of_descriptors_ ? kShortageMs : milliseconds_to_deadline();
    const int count = poll(polled.data(), polled.size(), timeout);
    CHECK(count >= 0 || errno == EINTR, "sockets can be polled");
    is_short_of_descriptors_ = false;
    if (count < 0) continue;

    const std::size_t first = 1 + listener_.sockets().size();
    happened.clear();
    for (std::size_t i = first; i < polled.size(); ++i)
      happened.push_back(polled[i].revents);
    advance_all(happened);
    drop_finished();
    for (std::size_t i = 1; i < first; ++i) {
      if (polled[i].revents != 0) accept_callers(listener_.sockets()[i - 1]);
    }
  }
}

void HttpServer::accept_callers(const Descriptor& socket) {
  AcceptTrouble trouble = AcceptTrouble::none;
  while (std::optional<AcceptedSocket> caller = HttpListener::accept(socket, trouble)) {
    if (connections_.size() >= options_.connections_max) connections_.erase(connections_.begin());
    connections_.emplace_back(
        std::move(caller->socket), std::move(caller->peer), clock_.now() + options_.exchange_max);
    // Most callers have said everything by now.
    connections_.back().advance(exchange_);
  }
  if (trouble == AcceptTrouble::none) return;
  is_short_of_descriptors_ = true;
  if (!connections_.empty()) connections_.erase(connections_.begin());
}

void HttpServer::advance_all(const std::vector<short>& happened) {
  for (std::size_t i = 0; i < happened.size(); ++i) {
    if (happened[i] != 0) connections_[i].advance(exchange_);
  }
}

void HttpServer::drop_finished() {
  const Clock::TimePoint now = clock_.now();
  std::erase_if(connections_, [&](const HttpConnection& connection) {
    return connection.is_done() || connection.deadline() <= now;
  });
}

int HttpServer::milliseconds_to_deadline() const {
  if (connections_.empty()) return -1;
  // The oldest one's comes first. Rounded up: waking a moment too early would turn the loop once
  // more for nothing.
  const Clock::Duration left = connections_.front().deadline() - clock_.now();
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, 60'000));
}

}  // namespace relay
