// The way to a server on 127.0.0.1 with the faults that networks have: silence, delay, little room,
// resets, connections that one end has forgotten.
//
// Not here: faults at a chosen byte of a protocol (tcp_proxy.h). One thread of its own; all
// functions are for any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <thread>

namespace relay {

class FaultyLink {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit FaultyLink(std::uint16_t server_port);
  ~FaultyLink();
  FaultyLink(const FaultyLink&) = delete;
  FaultyLink& operator=(const FaultyLink&) = delete;

  std::uint16_t port() const { return port_; }

  // In both directions, of every connection.
  struct Weather {
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds jitter{0};  // Up to this much more or less.
    std::size_t bytes_per_second = 0;     // Of all connections together; 0: no limit.
    bool is_silent = false;               // Connections stay and are made, nothing passes.
    bool is_refusing = false;             // New connections are reset.
  };
  void set(Weather weather);

  // Both ends of every connection get a reset.
  void reset_all();
  // Every connection goes at the server's end, and its client is not told. Later ones work.
  void forget_all();

 private:
  struct Chunk {
    std::string bytes;
    Time due;
  };
  struct Flow {  // From one end to the other.
    std::deque<Chunk> chunks;
    std::size_t byte_count = 0;
    Time last_due{};
    bool has_ended = false;  // No more comes from its source.
  };
  struct Link {
    int client = -1;  // -1: gone.
    int server = -1;
    Flow up;    // To the server.
    Flow down;  // To the client.
    [[nodiscard]] bool is_gone() const { return client < 0 && server < 0; }
  };
  enum class Direction : std::uint8_t { up, down };

  void run();
  // Until something can be done.
  void wait();
  void accept_one();
  void receive(Link& link, Direction direction);
  static void send_due(Link& link, Direction direction, Time now);
  Time due_time(Flow& flow, Direction direction, std::size_t byte_count);
  void wake();

  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  std::mutex mutex_;
  Weather weather_;  // Guarded by mutex_, as all below.
  std::list<Link> links_;
  Time line_free_at_[2]{};        // When the last byte has left, by direction.
  std::mt19937_64 random_{4711};  // Jitter only.
  bool is_ending_ = false;
  std::jthread thread_;
};

}  // namespace relay
