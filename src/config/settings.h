// Settings: everything a user can say about a run, with its default. What each key means, its
// bounds and its words: fields.cc. Where values come from and who wins: load.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/log_level.h"
#include "core/secret.h"

namespace relay {

// Enumerators stand in the order of their words in fields.cc.
enum class UpdateMode : std::uint8_t { lookup, post_image };
enum class PositionLostPolicy : std::uint8_t { repair, stop };
enum class TableMode : std::uint8_t { mirror, append };
enum class TableEvolve : std::uint8_t { off, add };
enum class TableJson : std::uint8_t { plain, extended };
enum class DeletePolicy : std::uint8_t { remove, mark };
enum class DropPolicy : std::uint8_t { keep, truncate, stop };
enum class FilterOperator : std::uint8_t {
  equal,
  not_equal,
  less,
  at_most,
  greater,
  at_least,
  in,
  exists
};

struct SourceSettings {
  Secret uri;
  std::string insecure_hosts;  // "a,b": may be reached without TLS that verifies them.
  UpdateMode updates = UpdateMode::lookup;
  std::chrono::milliseconds await{500};
  std::chrono::milliseconds connect_timeout{10'000};
};

struct TargetSettings {
  Secret uri;
  std::string insecure_hosts;  // As of the source.
  std::int64_t batch_rows = 5'000;
  std::int64_t batch_bytes = 8 * 1024 * 1024;
  std::chrono::milliseconds statement_timeout{60'000};
  std::chrono::milliseconds connect_timeout{10'000};
};

struct StateSettings {
  std::string path = "relay.db";
};

// Where a stream begins when nothing is stored.
struct StreamStart {
  enum class Kind : std::uint8_t { snapshot, now, time };
  Kind kind = Kind::snapshot;
  std::chrono::sys_time<std::chrono::milliseconds> time{};  // Kind::time only. Inclusive.

  bool operator==(const StreamStart&) const = default;
};

struct StreamSettings {
  StreamStart start;
  PositionLostPolicy on_position_lost = PositionLostPolicy::repair;
};

struct SnapshotSettings {
  std::int64_t chunk_rows = 10'000;
  std::int64_t parallel = 2;
};

struct HaSettings {
  bool enabled = false;
  std::chrono::milliseconds lease{5'000};
};

struct HttpSettings {
  std::string listen = "127.0.0.1:8686";  // Empty: no HTTP.
  Secret token;
};

struct DeadLetterSettings {
  std::int64_t limit = 1'000;
};

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

// A value that a TOML file can hold, other than a list or a table.
using ScalarValue = std::variant<bool,
                                 std::int64_t,
                                 double,
                                 std::string,
                                 std::chrono::sys_time<std::chrono::milliseconds>>;

struct ColumnSettings {
  std::string name;
  std::string path;
  std::string type;
  bool is_key = false;
  std::optional<ScalarValue> default_value;  // Stands in for a missing field; nullopt: NULL does.
};

struct FilterSettings {
  std::string path;
  FilterOperator op = FilterOperator::equal;
  std::vector<ScalarValue>
      values;  // FilterOperator::in: one or more; every other operator: exactly one.
};

// One [[table]].
struct TableSettings {
  std::string from;  // "database.collection", `*` in either part.
  std::string to;    // "schema.table"; empty: the same names as the source.
  TableMode mode = TableMode::mirror;
  std::vector<ColumnSettings>
      columns;                // Empty: one JSON column, unless schema_file says otherwise.
  std::string rest = "data";  // Empty: what has no column is left out.
  std::vector<std::string> exclude;
  std::vector<FilterSettings> where;  // All must hold.
  TableEvolve evolve = TableEvolve::off;
  TableJson json = TableJson::plain;
  DeletePolicy on_delete = DeletePolicy::remove;
  DropPolicy on_drop = DropPolicy::keep;
  std::string schema_file;  // Empty: none.
  std::string stream = "default";
};

// A host of a connection string that is another machine and is not verified by TLS.
struct UnverifiedHost {
  std::string setting;  // "source.insecure_hosts", which names it.
  std::string host;
};

struct Settings {
  SourceSettings source;
  TargetSettings target;
  StateSettings state;
  StreamSettings stream;
  SnapshotSettings snapshot;
  std::vector<TableSettings> tables;
  HaSettings ha;
  HttpSettings http;
  DeadLetterSettings dead_letter;
  LogSettings log;
  std::vector<UnverifiedHost> unverified;  // Found while loading, to be warned of.
};

}  // namespace relay
