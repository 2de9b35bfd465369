// A proxy between a sink and its server that breaks connections at a chosen byte.
//
// It watches what passes for the texts of the protocol (names of prepared statements, tags of
// answers), so it is only for connections without TLS. One thread of its own; the other functions
// are for any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace relay {

class TcpProxy {
 public:
  explicit TcpProxy(std::uint16_t server_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const { return port_; }

  // What happens to the connections that are open now; later ones pass untouched.
  enum class Plan {
    // The client has sent `request`: nothing of it nor after it reaches the server, both sides are
    // cut.
    cut_request,
    // The server has sent `answer` after `request`: the answer never reaches the client, both are
    // cut.
    cut_answer,
    // The client has sent `request`: it is cut; the server gets it, and everything after it, when
    // let_go() is called, and goes on believing in its client.
    hold_request,
    // The client has sent `request`, and the server gets it, but hears nothing of the client's
    // being cut.
    orphan,
  };
  void arrange(Plan plan, std::string request, std::string answer = {});

  // hold_request: to the server now. Returns what it answers, up to `last_words`.
  std::string let_go(const std::string& last_words);

 private:
  struct Link {
    int client = -1;  // -1: cut.
    int server = -1;
    bool is_planned = false;
    bool is_requested = false;
    std::string held;   // Bytes of the client that the server has not got.
    std::string asked;  // Bytes of the client so far, as far as needed to find `request`.
    std::string answered;
  };

  void run();
  void accept_one();
  void pass_request(Link& link);
  void pass_answer(Link& link);
  static void cut(int& socket);

  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  Plan plan_ = Plan::cut_request;
  std::string request_;
  std::string answer_;
  std::list<Link> links_;
  std::jthread thread_;
};

}  // namespace relay
