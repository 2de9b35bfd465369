// RowReader: rows of the target's tables as they are, whole tables or by key. Reads only.
//
// On a session of its own in which the planner is free to read a table from end to end; those that
// write go by key, whatever the statistics say.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"
#include "mapping/table_mapping.h"

namespace relay {

// One thread. Errors have the kinds of sink.h.
class RowReader {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
  };

  // Connects. config_invalid: the target is CrateDB.
  static Result<RowReader> open(const Options& options);
  RowReader(RowReader&&) noexcept;
  ~RowReader();

  // False: there is no such table. sink_refused: it has other columns than the mapping.
  Result<bool> check(const TableMapping& table);

  // As Sink::read_live_columns().
  Result<LiveColumns> read_live_columns(const TableMapping& table);

  // The cells of a row in binary form; nullopt: NULL. Views are valid during the call. False: no
  // more are wanted; after a scan that ended so, an error, the reader is of no use any more.
  using Visit = std::function<bool(std::span<const std::optional<std::string_view>> cells)>;

  // Every row of `select`, one at a time, however many there are.
  Status scan(const TableMapping& table, const std::string& select, const Visit& visit);

  // The rows of `select`, whose $1 is `keys`; a thousand or so.
  Status read(const TableMapping& table,
              const std::string& select,
              std::string_view keys,
              const Visit& visit);

 private:
  struct State;
  explicit RowReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace relay
