// SqliteConnection: what the store needs of SQLite, with errors in our words. For this folder only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace relay {

using SqliteValue = std::variant<std::int64_t, std::string_view>;
using SqliteRow = std::vector<std::string>;  // Every value as text. NULL: empty.

struct SqliteAnswer {
  std::vector<SqliteRow> rows;
  int changed_rows = 0;  // Rows the statement inserted, changed or removed.
};

class SqliteConnection {
 public:
  // Opens or makes the file. Reads nothing yet.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& path);
  // Only what is there, and changes nothing of it.
  static Result<std::unique_ptr<SqliteConnection>> open_to_read(const std::filesystem::path& path);

  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // One statement, to its end. `doing` begins the error message: "save the position
  // stream=default". `sql` must outlive the connection: the prepared statement is kept under it.
  Result<SqliteAnswer> run(std::string_view doing,
                           std::string_view sql,
                           const std::vector<SqliteValue>& values = {});

  // Several statements without values, not kept.
  Status run_script(std::string_view doing, const std::string& sql);

  // Whether the path still leads to the open file, and its journal is where readers look for it. Of
  // a connection that has written.
  [[nodiscard]] bool is_in_place() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  struct StatementDeleter {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct DatabaseDeleter {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  using StatementPointer = std::unique_ptr<sqlite3_stmt, StatementDeleter>;
  struct KeptStatement {
    std::string_view sql;
    StatementPointer statement;
  };

  static Result<std::unique_ptr<SqliteConnection>> open_with(const std::filesystem::path& path,
                                                             int flags);
  SqliteConnection(std::filesystem::path path, std::unique_ptr<sqlite3, DatabaseDeleter> database);
  Result<sqlite3_stmt*> prepare(std::string_view doing, std::string_view sql);
  [[nodiscard]] Error to_error(std::string_view doing, int code) const;

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, DatabaseDeleter> database_;
  std::vector<KeptStatement> statements_;  // Go before the database.
};

}  // namespace relay
