#include "server/http_connection.h"

#include <array>
#include <cerrno>
#include <poll.h>
#include <utility>

#include <sys/socket.h>

namespace relay {
namespace {

// Enough for a form that somebody sends with a POST; a body has no meaning here.
constexpr std::size_t kLingerBytesMax = 64 * 1'024;

constexpr char kTooLarge[] =
    "HTTP/1.1 431 Request Header Fields Too Large\r\n"
    "Connection: close\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

bool is_would_block(int number) {
  return number == EAGAIN || number == EINTR;
}

}  // namespace

HttpConnection::HttpConnection(Descriptor socket, std::string peer, Clock::TimePoint deadline)
    : socket_(std::move(socket)), peer_(std::move(peer)), deadline_(deadline) {}

short HttpConnection::events() const {
  return state_ == State::writing ? POLLOUT : POLLIN;
}

void HttpConnection::advance(HttpExchange& exchange) {
  if (state_ == State::reading) read(exchange);
  if (state_ == State::writing) write();
  if (state_ == State::lingering) linger();
}

void HttpConnection::read(HttpExchange& exchange) {
  std::array<char, kHeadBytesMax> bytes{};
  const ssize_t size = recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (size < 0 && is_would_block(errno)) return;
  if (size <= 0) {
    state_ = State::done;
    return;
  }
  // The end may lie across two pieces.
  const std::size_t searched = input_.size() < 3 ? 0 : input_.size() - 3;
  input_.append(bytes.data(), static_cast<std::size_t>(size));
  const std::size_t end = input_.find("\r\n\r\n", searched);
  if (end == std::string::npos && input_.size() < kHeadBytesMax) return;
  if (end == std::string::npos || end + 4 > kHeadBytesMax) {
    output_ = kTooLarge;
  } else {
    output_ = exchange.answer(std::string_view(input_).substr(0, end + 4), peer_);
  }
  input_.clear();
  state_ = State::writing;
}

void HttpConnection::write() {
  while (written_ < output_.size()) {
    const ssize_t size =
        send(socket_.get(), output_.data() + written_, output_.size() - written_, MSG_NOSIGNAL);
    if (size < 0 && is_would_block(errno)) return;
    if (size < 0) {
      state_ = State::done;
      return;
    }
    written_ += static_cast<std::size_t>(size);
  }
  shutdown(socket_.get(), SHUT_WR);
  state_ = State::lingering;
}

void HttpConnection::linger() {
  std::array<char, 4'096> bytes{};
  for (;;) {
    const ssize_t size = recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (size < 0 && is_would_block(errno)) return;
    if (size > 0) lingered_ += static_cast<std::size_t>(size);
    if (size > 0 && lingered_ <= kLingerBytesMax) continue;
    state_ = State::done;
    return;
  }
}

}  // namespace relay
