#include "checkpoint/state_reader.h"

#include <charconv>
#include <system_error>

#include "checkpoint/sqlite_connection.h"
#include "checkpoint/store_schema.h"
#include "sql/sqlite.h"

namespace relay {

namespace {

constexpr std::string_view kReading = "read the state file";

std::uint32_t read_uint32(const std::string& text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Result<std::vector<StoredStream>> read_state_file(const std::filesystem::path& path) {
  std::error_code failure;
  // SQLite would only say that it cannot open it.
  if (!std::filesystem::exists(path, failure)) {
    return Error{ErrorKind::store_failed,
                 std::string(kReading) + " path=" + path.string() + ": there is none",
                 "set state.path to the relay's own file"};
  }
  Result<std::unique_ptr<SqliteConnection>> connection = SqliteConnection::open_to_read(path);
  if (!connection.ok()) return connection.error();
  Result<SqliteAnswer> application = connection.value()->run(kReading, "PRAGMA application_id");
  if (!application.ok()) return application.error();
  if (application.value().rows.at(0).at(0) != std::to_string(kStoreApplicationId)) {
    return Error{
        ErrorKind::store_failed,
        std::string(kReading) + " path=" + path.string() + ": it is no state file of relay",
        "set state.path to the relay's own file"};
  }
  Result<SqliteAnswer> rows = connection.value()->run(kReading, sql::sqlite::checkpoint_list);
  if (!rows.ok()) return rows.error();
  std::vector<StoredStream> streams;
  for (const SqliteRow& row : rows.value().rows) {
    streams.push_back(
        {.name = row.at(0),
         .position = {.token = row.at(1),
                      .cluster_time = {read_uint32(row.at(2)), read_uint32(row.at(3))}},
         .updated_at = row.at(4)});
  }
  return streams;
}

}  // namespace relay
