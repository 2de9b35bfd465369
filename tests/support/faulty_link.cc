#include "support/faulty_link.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace relay {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// What a flow holds before it reads no more: enough for a busy connection at 125 ms.
constexpr std::size_t kFlowBytesMax = 1U << 20U;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void check(bool is_fine, const char* doing) {
  if (!is_fine) throw std::runtime_error(std::string("faulty link: ") + doing);
}

void shut(int& socket) {
  if (socket >= 0) close(socket);
  socket = -1;
}

void reset(int& socket) {
  if (socket < 0) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shut(socket);
}

}  // namespace

FaultyLink::FaultyLink(std::uint16_t server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof(address);
  check(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0, "bind");
  check(listen(listener_, 64) == 0, "listen");
  check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0,
        "find its port");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { run(); });
}

FaultyLink::~FaultyLink() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  wake();
  thread_.join();
  for (Link& link : links_) {
    shut(link.client);
    shut(link.server);
  }
  shut(listener_);
  shut(wake_);
}

void FaultyLink::wake() {
  eventfd_write(wake_, 1);
}

void FaultyLink::set(Weather weather) {
  {
    const std::scoped_lock lock(mutex_);
    weather_ = weather;
  }
  wake();
}

void FaultyLink::reset_all() {
  {
    const std::scoped_lock lock(mutex_);
    for (Link& link : links_) {
      reset(link.client);
      reset(link.server);
    }
  }
  wake();
}

void FaultyLink::forget_all() {
  {
    const std::scoped_lock lock(mutex_);
    for (Link& link : links_) {
      reset(link.server);
      link.up = {};
      link.down = {};
    }
  }
  wake();
}

void FaultyLink::run() {
  for (;;) {
    wait();
    eventfd_t ignored = 0;
    eventfd_read(wake_, &ignored);
    const std::scoped_lock lock(mutex_);
    if (is_ending_) return;
    pollfd entry{listener_, POLLIN, 0};
    if (poll(&entry, 1, 0) > 0) accept_one();
    if (weather_.is_silent) continue;
    const Time now = SteadyClock::now();
    for (Link& link : links_) {
      receive(link, Direction::up);
      receive(link, Direction::down);
      send_due(link, Direction::up, now);
      send_due(link, Direction::down, now);
    }
    links_.remove_if([](const Link& link) { return link.is_gone(); });
  }
}

void FaultyLink::wait() {
  std::vector<pollfd> entries{{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
  Time next = SteadyClock::now() + std::chrono::seconds(1);
  {
    const std::scoped_lock lock(mutex_);
    const Time now = SteadyClock::now();
    const auto add = [&](int from, int to, const Flow& flow) {
      if (from >= 0 && to >= 0 && !flow.has_ended && flow.byte_count < kFlowBytesMax) {
        entries.push_back({from, POLLIN, 0});
      }
      if (flow.chunks.empty() || to < 0) return;
      if (flow.chunks.front().due <= now) {
        entries.push_back({to, POLLOUT, 0});
      } else {
        next = std::min(next, flow.chunks.front().due);
      }
    };
    for (const Link& link : links_) {
      if (weather_.is_silent) break;
      add(link.client, link.server, link.up);
      add(link.server, link.client, link.down);
      // Forgotten: only its client's end is of interest.
      if (link.server < 0) entries.push_back({link.client, POLLIN, 0});
    }
  }
  const auto left = std::chrono::ceil<milliseconds>(next - SteadyClock::now());
  poll(entries.data(), entries.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
}

void FaultyLink::accept_one() {
  Link link;
  link.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (weather_.is_refusing) return reset(link.client);
  link.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  if (connect(link.server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    reset(link.client);
    shut(link.server);
    return;
  }
  const int on = 1;
  for (const int end : {link.client, link.server})
    setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  links_.push_back(std::move(link));
}

void FaultyLink::receive(Link& link, Direction direction) {
  const bool is_up = direction == Direction::up;
  int& from = is_up ? link.client : link.server;
  Flow& flow = is_up ? link.up : link.down;
  if (from < 0 || flow.has_ended || flow.byte_count >= kFlowBytesMax) return;
  std::array<char, 16'384> buffer{};
  // On a narrow line in pieces, as packets are.
  const std::size_t room = weather_.bytes_per_second > 0 ? 1'460 : buffer.size();
  const ssize_t count = recv(from, buffer.data(), room, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (link.server < 0 && is_up) {
    // What a forgotten client says is lost, its end is an end.
    if (count <= 0) shut(link.client);
    return;
  }
  if (count <= 0) {
    flow.has_ended = true;
    return;
  }
  const auto size = static_cast<std::size_t>(count);
  flow.chunks.push_back({{buffer.data(), size}, due_time(flow, direction, size)});
  flow.byte_count += size;
}

FaultyLink::Time FaultyLink::due_time(Flow& flow, Direction direction, std::size_t byte_count) {
  Time& line = line_free_at_[static_cast<std::size_t>(direction)];
  line = std::max(line, SteadyClock::now());
  if (weather_.bytes_per_second > 0) {
    line += microseconds(byte_count * 1'000'000 / weather_.bytes_per_second);
  }
  const std::int64_t spread = weather_.jitter.count();
  std::uniform_int_distribution<std::int64_t> jitter(-spread, spread);
  // Bytes of one connection do not overtake each other.
  flow.last_due = std::max(flow.last_due, line + weather_.delay + milliseconds(jitter(random_)));
  return flow.last_due;
}

void FaultyLink::send_due(Link& link, Direction direction, Time now) {
  const bool is_up = direction == Direction::up;
  Flow& flow = is_up ? link.up : link.down;
  const int to = is_up ? link.server : link.client;
  while (to >= 0 && !flow.chunks.empty() && flow.chunks.front().due <= now) {
    Chunk& chunk = flow.chunks.front();
    const ssize_t sent =
        send(to, chunk.bytes.data(), chunk.bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (sent < 0) {
      flow = {};
      flow.has_ended = true;
      break;
    }
    flow.byte_count -= static_cast<std::size_t>(sent);
    chunk.bytes.erase(0, static_cast<std::size_t>(sent));
    if (chunk.bytes.empty()) flow.chunks.pop_front();
  }
  if (flow.has_ended && flow.chunks.empty() && link.server >= 0) {
    shut(link.client);
    shut(link.server);
  }
}

}  // namespace relay
