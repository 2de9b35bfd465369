// HttpConnection: one request and its answer over one socket, a step at a time, never waiting.
//
//   reading    until the headers have ended; more than kHeadBytesMax of them is answered with 431
//   writing    until the answer is with the kernel
//   lingering  until the other side has closed: closing first, with bytes of a body unread, would
//              make the kernel throw the answer away
//   done
//
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/clock.h"
#include "server/descriptor.h"
#include "server/http_exchange.h"

namespace relay {

inline constexpr std::size_t kHeadBytesMax = 8'192;

class HttpConnection {
 public:
  // `socket` does not block. All of it must be over at `deadline`.
  HttpConnection(Descriptor socket, std::string peer, Clock::TimePoint deadline);

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] short events() const;  // What to wait for, as poll(2) names it.
  [[nodiscard]] Clock::TimePoint deadline() const { return deadline_; }
  [[nodiscard]] bool is_done() const { return state_ == State::done; }

  // Does what can be done now.
  void advance(HttpExchange& exchange);

 private:
  enum class State : std::uint8_t { reading, writing, lingering, done };

  void read(HttpExchange& exchange);
  void write();
  void linger();

  Descriptor socket_;
  std::string peer_;
  Clock::TimePoint deadline_;
  State state_ = State::reading;
  std::string input_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t lingered_ = 0;  // Bytes read and thrown away.
};

}  // namespace relay
