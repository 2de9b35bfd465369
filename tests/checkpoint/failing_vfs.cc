#include "checkpoint/failing_vfs.h"

#include <algorithm>
#include <map>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/temporary_directory.h"

namespace relay {
namespace {

constexpr char kName[] = "failing";

// SQLite knows neither closures nor `this` here, so the state is the program's.
struct Disk {
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs ours{};
  int calls_left = 0;  // Until the failure; 0: none is planned.
  DiskFailure failure = DiskFailure::io_error;
  bool has_failed = false;
  // What each file held when it was synced last; only files written since then.
  std::map<std::string, std::string> synced;
};
Disk disk;

struct File {
  sqlite3_file base;
  const char* name;  // SQLite's own, lives as long as the file.
  // Behind it: the real file.
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

bool is_down() {
  return disk.has_failed && disk.failure >= DiskFailure::dead;
}

// Counts a call that changes something; true: it fails.
bool fails() {
  if (is_down()) return true;
  if (disk.calls_left == 0 || --disk.calls_left > 0) return false;
  disk.has_failed = true;
  return true;
}

void note_write(const File& file) {
  if (file.name != nullptr && !disk.synced.contains(file.name))
    disk.synced.emplace(file.name, read_file(file.name));
}

int code_of(int code) {
  return disk.failure == DiskFailure::full ? SQLITE_FULL : code;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  sqlite3_file* real = real_of(file);
  if (is_down()) return SQLITE_IOERR_WRITE;
  note_write(*reinterpret_cast<File*>(file));
  if (!fails()) return real->pMethods->xWrite(real, bytes, size, at);
  if (disk.failure != DiskFailure::io_error)
    static_cast<void>(real->pMethods->xWrite(real, bytes, size / 2, at));
  return code_of(SQLITE_IOERR_WRITE);
}

int cut(sqlite3_file* file, sqlite3_int64 size) {
  if (fails()) return code_of(SQLITE_IOERR_TRUNCATE);
  note_write(*reinterpret_cast<File*>(file));
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

// Without the real one, which takes its time and which no power cut of ours would tell apart.
int sync(sqlite3_file* file, int /*flags*/) {
  if (fails()) return code_of(SQLITE_IOERR_FSYNC);
  const File& own = *reinterpret_cast<File*>(file);
  if (own.name != nullptr) disk.synced.erase(own.name);
  return SQLITE_OK;
}

int map_memory(sqlite3_file* file, int page, int size, int extends, void volatile** out) {
  if (extends != 0 && fails()) return code_of(SQLITE_IOERR_SHMSIZE);
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extends, out);
}

// The rest goes through.
int close(sqlite3_file* file) {
  return real_of(file)->pMethods->xClose(real_of(file));
}
int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
  return real_of(file)->pMethods->xRead(real_of(file), bytes, size, at);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_lock(sqlite3_file* file, int* is_locked) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_locked);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real_of(file)->pMethods->xSectorSize(real_of(file));
}
int properties(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int lock_memory(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void barrier(sqlite3_file* file) {
  real_of(file)->pMethods->xShmBarrier(real_of(file));
}
int unmap_memory(sqlite3_file* file, int deletes) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), deletes);
}

// Version 2: shared memory, but no mapped reads, which would pass by.
constexpr sqlite3_io_methods kMethods = {.iVersion = 2,
                                         .xClose = close,
                                         .xRead = read,
                                         .xWrite = write,
                                         .xTruncate = cut,
                                         .xSync = sync,
                                         .xFileSize = file_size,
                                         .xLock = lock,
                                         .xUnlock = unlock,
                                         .xCheckReservedLock = check_lock,
                                         .xFileControl = control,
                                         .xSectorSize = sector_size,
                                         .xDeviceCharacteristics = properties,
                                         .xShmMap = map_memory,
                                         .xShmLock = lock_memory,
                                         .xShmBarrier = barrier,
                                         .xShmUnmap = unmap_memory,
                                         .xFetch = nullptr,
                                         .xUnfetch = nullptr};

int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  if (fails()) return code_of(SQLITE_CANTOPEN);
  const int code = disk.real->xOpen(disk.real, name, real_of(file), flags, flags_out);
  if (code != SQLITE_OK) return code;
  reinterpret_cast<File*>(file)->name = name;
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* /*vfs*/, const char* name, int syncs) {
  if (fails()) return code_of(SQLITE_IOERR_DELETE);
  disk.synced.erase(name);
  return disk.real->xDelete(disk.real, name, syncs);
}

// What of `written` has reached the disk when only every other sector has.
std::string tear(std::string written, const std::string& synced) {
  constexpr std::size_t kSector = 512;
  for (std::size_t at = kSector; at < written.size(); at += 2 * kSector) {
    const std::size_t end = std::min(at + kSector, written.size());
    for (std::size_t i = at; i < end; ++i)
      written[i] = i < synced.size() ? synced[i] : '\0';
  }
  return written;
}

}  // namespace

FailingVfs::FailingVfs() {
  disk = Disk{};
  disk.real = sqlite3_vfs_find(nullptr);
  disk.ours = *disk.real;
  disk.ours.zName = kName;
  disk.ours.pNext = nullptr;
  disk.ours.szOsFile += static_cast<int>(sizeof(File));
  disk.ours.xOpen = open;
  disk.ours.xDelete = remove;
  if (sqlite3_vfs_register(&disk.ours, 1) != SQLITE_OK)
    throw std::runtime_error("SQLite takes no other way to the disk");
}

FailingVfs::~FailingVfs() {
  sqlite3_vfs_unregister(&disk.ours);
  sqlite3_vfs_register(disk.real, 1);
}

void FailingVfs::fail_at(int n, DiskFailure failure) {
  disk.calls_left = n;
  disk.failure = failure;
  disk.has_failed = false;
}

bool FailingVfs::repair() {
  disk.calls_left = 0;
  return std::exchange(disk.has_failed, false);
}

void FailingVfs::lose_unsynced() {
  for (const auto& [name, synced] : disk.synced) {
    const bool is_torn = disk.failure == DiskFailure::power_cut_torn;
    write_file(name, is_torn ? tear(read_file(name), synced) : synced);
  }
  disk.synced.clear();
}

}  // namespace relay
