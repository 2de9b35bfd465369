// A process that saves in a loop is killed, again and again. Each time the file must open at once,
// without the dead one's lock in the way, and hold the last position whose save() had returned, or
// the one after.
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "checkpoint/sqlite_store.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

Checkpoint at(std::uint32_t seconds) {
  return {.position = {.token = std::to_string(seconds), .cluster_time = {seconds, 0}},
          .pipeline_hash = "h"};
}

// In the child: saves from `first` on for ever, and writes each number once it is stored.
[[noreturn]] void save_for_ever(const std::filesystem::path& path,
                                std::uint32_t first,
                                int acknowledge) {
  auto store = SqliteStore::open(path);
  if (!store.ok()) _exit(1);
  for (std::uint32_t i = first;; ++i) {
    if (!store.value()->save("default", at(i)).ok()) _exit(2);
    if (write(acknowledge, &i, sizeof i) != sizeof i) _exit(3);
  }
}

// The last number acknowledged by a child that is killed after `count` of them.
std::uint32_t run_and_kill(const std::filesystem::path& path,
                           std::uint32_t first,
                           std::uint32_t count) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    save_for_ever(path, first, ends[1]);
  }
  close(ends[1]);
  std::uint32_t last = 0;
  std::uint32_t number = 0;
  std::uint32_t seen = 0;
  while (read(ends[0], &number, sizeof number) == sizeof number) {
    last = number;
    if (++seen == count) kill(child, SIGKILL);  // Goes on reading: more may be in the pipe.
  }
  close(ends[0]);
  int ended = 0;
  waitpid(child, &ended, 0);
  EXPECT_TRUE(WIFSIGNALED(ended)) << "the child ended by itself, status " << ended;
  return last;
}

TEST(StoreCrashTest, AKilledProcessLeavesItsLastAcknowledgedPosition) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "relay.db";
  std::uint32_t next = 1;
  // From the very first save to past the point where the journal is written back (1,000 pages).
  for (const std::uint32_t count : {1U, 1U, 2U, 3U, 5U, 10U, 20U, 50U, 600U, 1U, 4U}) {
    const std::uint32_t acknowledged = run_and_kill(path, next, count);
    ASSERT_GE(acknowledged, next);
    auto store = SqliteStore::open(path);
    ASSERT_TRUE(store.ok()) << store.error().message;
    const auto loaded = store.value()->load("default").value();
    ASSERT_TRUE(loaded.has_value());
    const std::uint32_t stored = loaded->position.cluster_time.seconds;
    // The kill may have come between the commit and its acknowledgement.
    EXPECT_TRUE(stored == acknowledged || stored == acknowledged + 1)
        << stored << " after " << acknowledged;
    EXPECT_EQ(loaded->position.token, std::to_string(stored));
    next = stored + 1;
  }
}

}  // namespace
}  // namespace relay
