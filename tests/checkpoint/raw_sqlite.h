// A SQLite file as any other program sees it, for preparing and looking at state files in tests.
#pragma once

#include <filesystem>
#include <sqlite3.h>
#include <stdexcept>
#include <string>

namespace relay {

class RawSqlite {
 public:
  explicit RawSqlite(const std::filesystem::path& path,
                     int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    require(sqlite3_open_v2(path.c_str(), &database_, flags, nullptr));
    sqlite3_busy_timeout(database_, 5'000);
  }
  ~RawSqlite() { sqlite3_close(database_); }
  RawSqlite(const RawSqlite&) = delete;
  RawSqlite& operator=(const RawSqlite&) = delete;

  void run(const std::string& sql) {
    require(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
  }

  // The first column of the first row.
  std::string text(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr));
    std::string value;
    if (sqlite3_step(statement) == SQLITE_ROW) {
      const unsigned char* bytes = sqlite3_column_text(statement, 0);
      if (bytes != nullptr) value = reinterpret_cast<const char*>(bytes);
    }
    require(sqlite3_finalize(statement));
    return value;
  }

 private:
  void require(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
};

}  // namespace relay
