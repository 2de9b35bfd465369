#include "checkpoint/store_lock.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

namespace relay {

namespace {

// A lock file that somebody removes between our open and our flock guards nothing; try again with
// the new one. More often than this is not an accident.
constexpr int kAttempts = 10;

Error lock_failed(const std::filesystem::path& path, int number) {
  return {ErrorKind::store_failed,
          "lock the state file path=" + path.string() + ": " + format_errno(number),
          "the relay needs to write to the file's directory, for PATH.lock and SQLite's own files: "
          "check "
          "its owner and rights, or set state.path to another place"};
}

// Empty: not known.
std::string read_holder(int descriptor) {
  std::array<char, 16> text{};
  const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  if (size <= 0) return "";
  int pid = 0;
  const auto read = std::from_chars(text.data(), text.data() + size, pid);
  if (read.ec != std::errc() || pid <= 0) return "";
  return std::to_string(pid);
}

// Best effort: on a full disk the lock holds all the same, it only has no name.
void write_holder(int descriptor) {
  const std::string text = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0) return;
  static_cast<void>(!pwrite(descriptor, text.data(), text.size(), 0));
}

Error locked_by(const std::filesystem::path& path, int descriptor) {
  const std::string holder = read_holder(descriptor);
  return {ErrorKind::store_locked,
          "open the state file path=" + path.string() + ": in use by " +
              (holder.empty() ? "another process" : "process " + holder),
          holder.empty() ? "stop the other relay, or give this one its own state.path"
                         : "stop the relay with process number " + holder +
                               ", or give this one its own state.path"};
}

}  // namespace

std::string format_errno(int number) {
  return std::generic_category().message(number);
}

Result<StoreLock> StoreLock::take(const std::filesystem::path& path) {
  const std::string name = path.string() + ".lock";
  for (int i = 0; i < kAttempts; ++i) {
    const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) return lock_failed(path, errno);
    StoreLock lock(descriptor, name);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int number = errno;
      if (number == EWOULDBLOCK) return locked_by(path, descriptor);
      return lock_failed(path, number);
    }
    if (!lock.is_current()) continue;
    write_holder(descriptor);
    return Result<StoreLock>(std::move(lock));
  }
  return lock_failed(path, EAGAIN);
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}

bool StoreLock::is_current() const {
  struct stat ours{};
  struct stat named{};
  return fstat(descriptor_, &ours) == 0 && stat(name_.c_str(), &named) == 0 &&
         ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace relay
