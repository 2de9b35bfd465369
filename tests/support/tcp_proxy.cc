#include "support/tcp_proxy.h"

#include <array>
#include <chrono>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace relay {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void check(bool is_fine, const char* doing) {
  if (!is_fine) throw std::runtime_error(std::string("proxy: ") + doing);
}

// Blocking on purpose: both ends of a test read all the time.
void send_all(int socket, std::string_view bytes) {
  while (socket >= 0 && !bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  wake_ = eventfd(0, EFD_CLOEXEC);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof(address);
  check(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0, "bind");
  check(listen(listener_, 16) == 0, "listen");
  check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0,
        "find its port");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { run(); });
}

TcpProxy::~TcpProxy() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  eventfd_write(wake_, 1);
  thread_.join();
  for (Link& link : links_) {
    cut(link.client);
    cut(link.server);
  }
  cut(listener_);
  cut(wake_);
}

void TcpProxy::cut(int& socket) {
  if (socket >= 0) close(socket);
  socket = -1;
}

void TcpProxy::arrange(Plan plan, std::string request, std::string answer) {
  const std::scoped_lock lock(mutex_);
  plan_ = plan;
  request_ = std::move(request);
  answer_ = std::move(answer);
  for (Link& link : links_)
    link.is_planned = true;
}

std::string TcpProxy::let_go(const std::string& last_words) {
  std::unique_lock lock(mutex_);
  for (Link& link : links_) {
    if (link.held.empty()) continue;
    send_all(link.server, link.held);
    link.held.clear();
    changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return link.server < 0 || link.answered.find(last_words) != std::string::npos;
    });
    return link.answered;
  }
  return {};
}

void TcpProxy::run() {
  for (;;) {
    std::vector<pollfd> entries{{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
    std::vector<Link*> owners{nullptr, nullptr};
    {
      const std::scoped_lock lock(mutex_);
      if (is_ending_) return;
      for (Link& link : links_) {
        for (const int socket : {link.client, link.server}) {
          if (socket < 0) continue;
          entries.push_back({socket, POLLIN, 0});
          owners.push_back(&link);
        }
      }
    }
    poll(entries.data(), entries.size(), -1);
    const std::scoped_lock lock(mutex_);
    if (is_ending_) return;
    if ((entries[0].revents & POLLIN) != 0) accept_one();
    for (std::size_t i = 2; i < entries.size(); ++i) {
      if (entries[i].revents == 0) continue;
      if (entries[i].fd == owners[i]->client) {
        pass_request(*owners[i]);
      } else if (entries[i].fd == owners[i]->server) {
        pass_answer(*owners[i]);
      }
    }
    changed_.notify_all();
  }
}

void TcpProxy::accept_one() {
  Link link;
  link.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  link.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  if (connect(link.server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    cut(link.client);
    cut(link.server);
    return;
  }
  links_.push_back(std::move(link));
}

void TcpProxy::pass_request(Link& link) {
  std::array<char, 65'536> buffer{};
  const ssize_t count = recv(link.client, buffer.data(), buffer.size(), 0);
  if (count <= 0) {
    cut(link.client);
    if (link.held.empty()) cut(link.server);
    return;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  if (!link.is_planned) {
    send_all(link.server, bytes);
    return;
  }
  link.asked.append(bytes);
  link.held.append(bytes);
  link.is_requested = link.is_requested || link.asked.find(request_) != std::string::npos;
  if (plan_ == Plan::hold_request && link.is_requested) {
    cut(link.client);
    return;
  }
  if (plan_ == Plan::cut_request && link.is_requested) {
    const std::size_t at = link.held.find(request_);
    send_all(link.server, std::string_view(link.held).substr(0, at));
    cut(link.client);
    cut(link.server);
    return;
  }
  if (plan_ == Plan::hold_request) return;  // Its beginning is held too: the whole comes late.
  send_all(link.server, link.held);
  link.held.clear();
  if (plan_ == Plan::orphan && link.is_requested) cut(link.client);
}

void TcpProxy::pass_answer(Link& link) {
  std::array<char, 65'536> buffer{};
  const ssize_t count = recv(link.server, buffer.data(), buffer.size(), 0);
  if (count <= 0) {
    cut(link.client);
    cut(link.server);
    return;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  if (link.is_planned) link.answered.append(bytes);
  if (link.is_planned && plan_ == Plan::cut_answer) {
    // Everything after the plan is kept back: where the answer will begin is not known before.
    if (link.is_requested && link.answered.find(answer_) != std::string::npos) {
      cut(link.client);
      cut(link.server);
    }
    return;
  }
  send_all(link.client, bytes);
}

}  // namespace relay
