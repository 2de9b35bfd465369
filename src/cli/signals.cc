#include "cli/signals.h"

#include <signal.h>
#include <time.h>

#include "core/check.h"

namespace relay {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void block_signals() {
  const sigset_t signals = stop_signals();
  CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0, "signals can be blocked");
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR, "SIGPIPE can be ignored");
}

std::optional<int> wait_for_signal(std::chrono::milliseconds duration) {
  const sigset_t signals = stop_signals();
  timespec limit{};
  limit.tv_sec = duration.count() / 1'000;
  limit.tv_nsec = (duration.count() % 1'000) * 1'000'000;
  const int signal_number = sigtimedwait(&signals, nullptr, &limit);
  if (signal_number < 0) return std::nullopt;
  return signal_number;
}

}  // namespace relay
