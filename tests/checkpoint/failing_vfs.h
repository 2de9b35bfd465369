// FailingVfs: SQLite's way to the disk, with one call in it that fails, or after which the machine
// is without power.
//
// Calls that change something are counted: opening, writing, syncing, cutting and deleting files,
// and growing the shared memory. While an object lives, every connection of this process that is
// opened uses it. One at a time.
#pragma once

#include <cstdint>

namespace relay {

enum class DiskFailure : std::uint8_t {
  io_error,   // The call fails, the next one works again.
  full,       // As from a disk without space; a write is done by half.
  dead,       // The call fails, and every one after it; a write is done by half.
  power_cut,  // As dead; and of what was written since the last sync nothing has reached the disk.
  power_cut_torn,  // As power_cut, but every other write has.
};

class FailingVfs {
 public:
  FailingVfs();
  ~FailingVfs();
  FailingVfs(const FailingVfs&) = delete;
  FailingVfs& operator=(const FailingVfs&) = delete;

  // The n-th call from now on, 1 being the next.
  void fail_at(int n, DiskFailure failure);
  // Everything works again. True: the failure has come.
  bool repair();
  // After a power cut: takes back what had not reached the disk. With all connections closed.
  void lose_unsynced();
};

}  // namespace relay
