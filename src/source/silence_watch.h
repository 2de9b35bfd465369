// SilenceWatch: frees threads that wait for an answer that will not come.
//
// A command may rightly be silent for long: a getMore that skips entries nobody wants, a read with
// a cold cache. So the server is asked, over another connection, what it is working on. A command
// that it does not know of, or a server that does not answer at all, is not worth waiting for: the
// connection is shut down, and whoever waits gets a network error, which is tried again.
//
//   for each command on whose connection no byte has moved for 15 s:
//     ask its server for the work of its session
//     no answer, or no such work, for the second time: cut
//
// Once could be an answer that is on its way, or a machine that has much else to do.
//
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <utility>

#include "core/secret.h"
#include "source/client_sockets.h"

namespace relay {

class SilenceWatch {
 public:
  struct Limits {
    std::chrono::milliseconds silence_max{15'000};
    std::chrono::milliseconds answer_max{8'000};  // For each step of the question.
  };

  // Both outlive it.
  SilenceWatch(const Secret& uri, ClientSockets& sockets) : SilenceWatch(uri, sockets, Limits()) {}
  SilenceWatch(const Secret& uri, ClientSockets& sockets, Limits limits)
      : uri_(uri), sockets_(sockets), limits_(limits) {}

  // To be called every few seconds. Takes some seconds itself when a server is silent.
  void look();

 private:
  enum class Work : std::uint8_t { under_way, unknown, no_answer };
  [[nodiscard]] Work ask(const CommandUnderWay& command) const;

  const Secret& uri_;
  ClientSockets& sockets_;
  Limits limits_;
  // Client and number of each command that was in vain at the last look.
  std::set<std::pair<const mongoc_client_t*, std::uint64_t>> suspects_;
};

}  // namespace relay
