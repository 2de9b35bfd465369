// SqliteStore: the checkpoint store in one SQLite file, for one process at a time.
//
// A position is on the disk when save() returns: the journal is written ahead and synced with every
// commit. Another process may read the file meanwhile, read-only; it may not open a store on it.
//
// A file that is deleted or replaced under a running relay would take its positions with it,
// unseen, and one without its lock file would let a second relay in: the next save() finds that
// out.
//
// Threads: any; the streams of one relay share it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "checkpoint/checkpoint_store.h"
#include "checkpoint/store_lock.h"
#include "core/guarded.h"
#include "core/result.h"

namespace relay {

class SqliteConnection;

class SqliteStore final : public CheckpointStore {
 public:
  // Makes the file when there is none, and brings an older one to the current schema.
  // store_locked: another store has it open. store_failed: it cannot be used; the hint says what to
  // do.
  static Result<std::unique_ptr<CheckpointStore>> open(const std::filesystem::path& path);
  // The same for operators, who may also reset().
  static Result<std::unique_ptr<SqliteStore>> open_for_operator(const std::filesystem::path& path);

  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  Result<std::optional<Checkpoint>> load(std::string_view stream) override;
  Status save(std::string_view stream, const Checkpoint& next) override;
  Status replace(std::string_view stream, const Checkpoint& next) override;
  Result<std::string> owner() override;

  // Forgets the stream's position. Nothing stored: nothing happens.
  Status reset(std::string_view stream);

 private:
  SqliteStore(StoreLock lock, std::unique_ptr<SqliteConnection> connection);
  Result<int> write(std::string_view sql, std::string_view stream, const Checkpoint& next);
  Status check_place(std::string_view doing);

  template <class... Arguments>
  auto run(Arguments&&... arguments);

  StoreLock lock_;  // Released after the connection is closed.
  std::filesystem::path path_;
  Guarded<std::unique_ptr<SqliteConnection>> connection_;
};

// "3.40.1".
std::string store_driver_version();

}  // namespace relay
