#include "checkpoint/sqlite_connection.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "checkpoint/sqlite_store.h"
#include "core/check.h"
#include "core/failpoint.h"

namespace relay {

namespace {

// A reader that closes the file last may hold it for the time of one checkpoint of the journal.
constexpr int kBusyTimeoutMs = 5'000;

// By the primary result code. Every code that is not here is answered by SQLite's own words alone.
std::string_view hint_for(int code) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return "the file is no state file of relay: set state.path to another place, or move it away";
    case SQLITE_CORRUPT:
      return "move the file away with its -wal and -shm files and restore a backup, or start "
             "without: "
             "docs/state-file.md says where the stream begins then";
    case SQLITE_FULL:
      return "free some space on the file's disk; the relay goes on from the last stored position";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return "the relay needs to write to the file and to its directory: check their owner and "
             "rights, or "
             "set state.path to another place";
    case SQLITE_IOERR:
      return "the disk refuses, or is full: see df and the kernel's log; the file must not lie on "
             "a network file "
             "system";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds the file open for writing: close it";
    default:
      return "";
  }
}

int bind(sqlite3_stmt* statement, int index, const SqliteValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  const std::string_view text = *std::get_if<std::string_view>(&value);
  // An empty view may have no address, which SQLite would take for NULL.
  const char* bytes = text.empty() ? "" : text.data();
  return sqlite3_bind_text(statement, index, bytes, static_cast<int>(text.size()), SQLITE_STATIC);
}

SqliteRow read_row(sqlite3_stmt* statement) {
  SqliteRow row;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const unsigned char* text = sqlite3_column_text(statement, i);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
    row.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text), size);
  }
  return row;
}

// A commit that is refused is rolled back, and the statement fails.
int refuse_commit(void* /*context*/) {
  return pass_or_fail(Failpoint::store_commit_before).ok() ? 0 : 1;
}

}  // namespace

SqliteConnection::SqliteConnection(std::filesystem::path path,
                                   std::unique_ptr<sqlite3, DatabaseDeleter> database)
    : path_(std::move(path)), database_(std::move(database)) {}

SqliteConnection::~SqliteConnection() = default;

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(
    const std::filesystem::path& path) {
  return open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open_to_read(
    const std::filesystem::path& path) {
  return open_with(path, SQLITE_OPEN_READONLY);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open_with(
    const std::filesystem::path& path, int flags) {
  sqlite3* handle = nullptr;
  // Without SQLite's own mutex: the store is used by one thread at a time.
  flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(
      new SqliteConnection(path, std::unique_ptr<sqlite3, DatabaseDeleter>(handle)));
  if (code != SQLITE_OK) return connection->to_error("open the state file", code);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  if constexpr (kHasFailpoints) sqlite3_commit_hook(handle, refuse_commit, nullptr);
  return connection;
}

Error SqliteConnection::to_error(std::string_view doing, int code) const {
  // No handle at all: SQLite had no memory for one.
  const char* words = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code);
  return {ErrorKind::store_failed,
          std::string(doing) + " path=" + path_.string() + ": " + words + " (SQLite " +
              std::to_string(code) + ")",
          std::string(hint_for(code))};
}

Result<sqlite3_stmt*> SqliteConnection::prepare(std::string_view doing, std::string_view sql) {
  for (const KeptStatement& kept : statements_) {
    if (kept.sql == sql) return kept.statement.get();
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(),
                                      sql.data(),
                                      static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT,
                                      &statement,
                                      nullptr);
  if (code != SQLITE_OK) return to_error(doing, code);
  statements_.push_back({sql, StatementPointer(statement)});
  return statement;
}

Result<SqliteAnswer> SqliteConnection::run(std::string_view doing,
                                           std::string_view sql,
                                           const std::vector<SqliteValue>& values) {
  Result<sqlite3_stmt*> prepared = prepare(doing, sql);
  if (!prepared.ok()) return prepared.error();
  sqlite3_stmt* statement = prepared.value();
  int index = 0;
  int code = SQLITE_OK;
  for (const SqliteValue& value : values) {
    code = bind(statement, ++index, value);
    CHECK(code == SQLITE_OK, "a statement has as many parameters as it is given values");
  }
  SqliteAnswer answer;
  const int changes_before = sqlite3_total_changes(database_.get());
  while ((code = sqlite3_step(statement)) == SQLITE_ROW)
    answer.rows.push_back(read_row(statement));
  answer.changed_rows = sqlite3_total_changes(database_.get()) - changes_before;
  // The error is taken before reset and clear, which would put their own in its place.
  Result<SqliteAnswer> result =
      code == SQLITE_DONE ? Result<SqliteAnswer>(std::move(answer)) : to_error(doing, code);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

Status SqliteConnection::run_script(std::string_view doing, const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return ok_status();
  Error error = to_error(doing, code);
  // Whatever transaction the script had begun; there may be none, which is no trouble.
  sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return error;
}

bool SqliteConnection::is_in_place() const {
  int has_moved = 0;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  std::error_code failure;
  return has_moved == 0 && std::filesystem::exists(path_.string() + "-wal", failure);
}

std::string store_driver_version() {
  return sqlite3_libversion();
}

}  // namespace relay
