// StoreLock: the claim of one process on a state file, held for as long as the object lives.
//
// It is an flock(2) on PATH.lock. The kernel drops it with the process, however that ended, so
// nothing has to be cleaned up after a kill -9. SQLite's own exclusive mode would do the same, but
// would also keep out those who only read. The lock file stays: whoever removed it could let two
// processes in.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "core/result.h"

namespace relay {

class StoreLock {
 public:
  // `path`: the state file, with all symbolic links resolved. Does not wait.
  // store_locked: somebody has it, named by process number when it is known.
  static Result<StoreLock> take(const std::filesystem::path& path);

  // False once the lock file was removed or another one put in its place: a second process could
  // then get in.
  [[nodiscard]] bool is_current() const;

  ~StoreLock();
  StoreLock(StoreLock&& other) noexcept;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  StoreLock& operator=(StoreLock&&) = delete;

 private:
  StoreLock(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

  int descriptor_;    // -1: moved away.
  std::string name_;  // Of the lock file.
};

// What the system says about an errno, for messages: "Permission denied".
std::string format_errno(int number);

}  // namespace relay
