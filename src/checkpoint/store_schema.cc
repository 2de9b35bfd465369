#include "checkpoint/store_schema.h"

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "sql/sqlite.h"

namespace relay {

namespace {

constexpr std::string_view kOpening = "open the state file";

// In order; never changed once released, only added to.
constexpr std::array kMigrations = {sql::sqlite::migration_1};

Error refuse(const SqliteConnection& connection, std::string_view reason, std::string_view hint) {
  return {
      ErrorKind::store_failed,
      std::string(kOpening) + " path=" + connection.path().string() + ": " + std::string(reason),
      std::string(hint)};
}

Result<std::int64_t> read_number(SqliteConnection& connection, std::string_view sql) {
  Result<SqliteAnswer> answer = connection.run(kOpening, sql);
  if (!answer.ok()) return answer.error();
  std::int64_t number = 0;
  const std::string& text = answer.value().rows.at(0).at(0);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The version the file has; 0: empty.
Result<std::int64_t> identify(SqliteConnection& connection) {
  Result<std::int64_t> application = read_number(connection, "PRAGMA application_id");
  if (!application.ok()) return application.error();
  Result<std::int64_t> version = read_number(connection, "PRAGMA user_version");
  if (!version.ok()) return version.error();
  Result<std::int64_t> objects = read_number(connection, sql::sqlite::count_objects);
  if (!objects.ok()) return objects.error();

  if (application.value() == 0 && version.value() == 0 && objects.value() == 0) return 0;
  if (application.value() != kStoreApplicationId) {
    return refuse(connection,
                  "it is a SQLite file of another program",
                  "set state.path to another place, or move the file away");
  }
  if (version.value() > store_schema_version()) {
    return refuse(connection,
                  "it was written by a newer relay (schema " + std::to_string(version.value()) +
                      ", this one knows " + std::to_string(store_schema_version()) + ")",
                  "run that version of relay or a newer one; an older one cannot read the file");
  }
  return version.value();
}

Status check_contents(SqliteConnection& connection) {
  Result<SqliteAnswer> answer = connection.run(kOpening, "PRAGMA quick_check(1)");
  if (!answer.ok()) return answer.error();
  if (answer.value().rows.size() == 1 && answer.value().rows[0].at(0) == "ok") return ok_status();
  return refuse(
      connection,
      "it is damaged",
      "move the file away with its -wal and -shm files and restore a backup, or start without: "
      "docs/state-file.md says where the stream begins then");
}

// The journal is written ahead, so that readers do not stop the relay; FULL syncs it with each
// commit.
Status set_durability(SqliteConnection& connection) {
  Result<SqliteAnswer> mode = connection.run(kOpening, "PRAGMA journal_mode = WAL");
  if (!mode.ok()) return mode.error();
  if (mode.value().rows.at(0).at(0) != "wal") {
    return refuse(
        connection,
        "its file system cannot share memory between processes, which SQLite's journal needs",
        "set state.path to a local disk");
  }
  Result<SqliteAnswer> sync = connection.run(kOpening, "PRAGMA synchronous = FULL");
  if (!sync.ok()) return sync.error();
  return ok_status();
}

// Each migration is one transaction together with its version number.
Status migrate(SqliteConnection& connection, std::int64_t version) {
  for (; version < store_schema_version(); ++version) {
    std::string script = "BEGIN IMMEDIATE;\n";
    script.append(kMigrations.at(static_cast<std::size_t>(version)));
    script += "\n;PRAGMA application_id = " + std::to_string(kStoreApplicationId);
    script += ";PRAGMA user_version = " + std::to_string(version + 1) + ";COMMIT";
    Status done = connection.run_script("prepare the state file", script);
    if (!done.ok()) return done;
  }
  return ok_status();
}

}  // namespace

std::int64_t store_schema_version() {
  return static_cast<std::int64_t>(kMigrations.size());
}

Status prepare_store(SqliteConnection& connection) {
  Result<std::int64_t> version = identify(connection);
  if (!version.ok()) return version.error();
  if (version.value() > 0) {
    Status checked = check_contents(connection);
    if (!checked.ok()) return checked;
  }
  Status durable = set_durability(connection);
  if (!durable.ok()) return durable;
  return migrate(connection, version.value());
}

}  // namespace relay
