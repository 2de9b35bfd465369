#include "checkpoint/sqlite_store.h"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "checkpoint/sqlite_connection.h"
#include "checkpoint/store_schema.h"
#include "core/failpoint.h"
#include "sql/sqlite.h"

namespace relay {

namespace {

using Values = std::vector<SqliteValue>;

Error open_failed(const std::filesystem::path& path,
                  std::string_view reason,
                  std::string_view hint) {
  return {ErrorKind::store_failed,
          "open the state file path=" + path.string() + ": " + std::string(reason),
          std::string(hint)};
}

// The file's real name: two names of one file must meet at one lock. The file need not be there.
Result<std::filesystem::path> resolve(const std::filesystem::path& path) {
  std::error_code failure;
  const std::filesystem::path resolved =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, failure), failure);
  if (path.empty() || failure) {
    const std::string reason = path.empty() ? "no path" : failure.message();
    return open_failed(path, reason, "set state.path to a file, for instance relay.db");
  }
  if (std::filesystem::is_directory(resolved, failure)) {
    return open_failed(path, "it is a directory", "set state.path to a file in it");
  }
  if (!std::filesystem::is_directory(resolved.parent_path(), failure)) {
    return open_failed(path,
                       "its directory does not exist",
                       "make it: mkdir -p " + resolved.parent_path().string());
  }
  // SQLite would open it all the same, and complain in other words each time.
  const bool exists = std::filesystem::exists(resolved, failure);
  if (exists && faccessat(AT_FDCWD, resolved.c_str(), W_OK, AT_EACCESS) != 0) {
    return open_failed(path,
                       "it is read-only (" + format_errno(errno) + ")",
                       "make it writable for the relay's user, or set state.path to another place");
  }
  return resolved;
}

std::string name_stream(std::string_view doing, std::string_view stream) {
  return std::string(doing) + " stream=" + std::string(stream);
}

// Text that the file holds; the schema lets nothing else in.
std::uint32_t read_uint32(const std::string& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  CHECK(error == std::errc() && end == text.data() + text.size(),
        "a stored cluster time is two uint32");
  return number;
}

}  // namespace

SqliteStore::SqliteStore(StoreLock lock, std::unique_ptr<SqliteConnection> connection)
    : lock_(std::move(lock)), path_(connection->path()), connection_(std::move(connection)) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<CheckpointStore>> SqliteStore::open(const std::filesystem::path& path) {
  Result<std::unique_ptr<SqliteStore>> opened = open_for_operator(path);
  if (!opened.ok()) return opened.error();
  return std::unique_ptr<CheckpointStore>(std::move(opened.value()));
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_for_operator(
    const std::filesystem::path& path) {
  Result<std::filesystem::path> resolved = resolve(path);
  if (!resolved.ok()) return resolved.error();
  Result<StoreLock> lock = StoreLock::take(resolved.value());
  if (!lock.ok()) return lock.error();
  Result<std::unique_ptr<SqliteConnection>> connection = SqliteConnection::open(resolved.value());
  if (!connection.ok()) return connection.error();
  Status prepared = prepare_store(*connection.value());
  if (!prepared.ok()) return prepared.error();
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(lock.value()), std::move(connection.value())));
}

// One at a time: how many rows a statement changed is asked of the connection afterwards.
template <class... Arguments>
auto SqliteStore::run(Arguments&&... arguments) {
  return connection_.with([&](std::unique_ptr<SqliteConnection>& connection) {
    return connection->run(std::forward<Arguments>(arguments)...);
  });
}

Result<std::optional<Checkpoint>> SqliteStore::load(std::string_view stream) {
  Result<SqliteAnswer> answer =
      run(name_stream("load the position", stream), sql::sqlite::checkpoint_load, Values{stream});
  if (!answer.ok()) return answer.error();
  if (answer.value().rows.empty()) return std::optional<Checkpoint>();
  const SqliteRow& row = answer.value().rows[0];
  return std::optional<Checkpoint>(
      Checkpoint{.position = {.token = row.at(0),
                              .cluster_time = {read_uint32(row.at(1)), read_uint32(row.at(2))}},
                 .pipeline_hash = row.at(3)});
}

Result<int> SqliteStore::write(std::string_view sql,
                               std::string_view stream,
                               const Checkpoint& next) {
  if (Status hit = pass_or_fail(Failpoint::store_write_before); !hit.ok()) return hit.error();
  const ClusterTime time = next.position.cluster_time;
  Result<SqliteAnswer> answer = run(name_stream("save the position", stream),
                                    sql,
                                    Values{stream,
                                           next.position.token,
                                           std::int64_t{time.seconds},
                                           std::int64_t{time.increment},
                                           next.pipeline_hash});
  if (!answer.ok()) return answer.error();
  if (Status hit = pass_or_fail(Failpoint::store_commit_after); !hit.ok()) return hit.error();
  const Status is_there = check_place(name_stream("save the position", stream));
  if (!is_there.ok()) return is_there.error();
  return answer.value().changed_rows;
}

// After writing, so that what was written into a file without a name is not called stored.
Status SqliteStore::check_place(std::string_view doing) {
  const bool is_in_place = connection_.with(
      [](std::unique_ptr<SqliteConnection>& connection) { return connection->is_in_place(); });
  if (is_in_place && lock_.is_current()) return ok_status();
  const std::string file = path_.string();
  return Error{
      ErrorKind::store_failed,
      std::string(doing) + " path=" + file + ": " +
          (is_in_place ? "its lock file was deleted or replaced, a second relay could use it"
                       : "the file or its journal was deleted or replaced under the relay"),
      "start the relay again when nobody touches " + file +
          " any more: a missing file is made anew, and nothing is lost; one that was put "
          "there meanwhile must come without the old -wal and -shm files"};
}

Status SqliteStore::save(std::string_view stream, const Checkpoint& next) {
  Result<int> changed = write(sql::sqlite::checkpoint_save, stream, next);
  if (!changed.ok()) return changed.error();
  if (changed.value() == 1) return ok_status();
  return Error{ErrorKind::store_failed,
               name_stream("save the position", stream) + " path=" + path_.string() +
                   ": the stored position is newer",
               "two relays may have used copies of one state file: relay checkpoint show"};
}

Status SqliteStore::replace(std::string_view stream, const Checkpoint& next) {
  Result<int> changed = write(sql::sqlite::checkpoint_replace, stream, next);
  if (!changed.ok()) return changed.error();
  return ok_status();
}

Result<std::string> SqliteStore::owner() {
  Result<SqliteAnswer> answer = run("read the owner", sql::sqlite::owner);
  if (!answer.ok()) return answer.error();
  if (answer.value().rows.empty()) {
    return open_failed(path_, "it names no owner", "restore a backup, or start without the file");
  }
  return answer.value().rows[0].at(0);
}

Status SqliteStore::reset(std::string_view stream) {
  Result<SqliteAnswer> answer =
      run(name_stream("reset the position", stream), sql::sqlite::checkpoint_reset, Values{stream});
  if (!answer.ok()) return answer.error();
  return ok_status();
}

}  // namespace relay
