// SIGINT and SIGTERM as values: blocked before any thread starts, then waited for by the main
// thread. No handler contains code.
#pragma once

#include <chrono>
#include <optional>

namespace relay {

// Blocks SIGINT and SIGTERM for this thread and all it starts from now on, and ignores SIGPIPE: a
// peer that is gone is an error of the write, not the end of the process.
void block_signals();

// The next of the two signals; nullopt when none comes within the duration. Main thread only.
std::optional<int> wait_for_signal(std::chrono::milliseconds duration);

}  // namespace relay
