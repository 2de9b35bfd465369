// What all sessions of a double share: the traps that are set, and the sub-columns of its tables.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/guarded.h"
#include "crate_double/object_model.h"

namespace relay {

// What goes wrong, beyond what always does. Everything is off at first.
struct CrateTraps {
  // Keys whose row an UNNEST leaves out without a word. Alone they answer `INSERT 0 0`.
  std::set<std::string> dropped_keys;
  // The same, but alone they are an error XX000 with this text.
  std::map<std::string, std::string> refused_keys;
  // The next UNNEST loses its last rows, as when a shard is not there; the one after it does not.
  std::size_t rows_lost_once = 0;
  // The next write of rows is answered with XX000 and this text, although half of it is done.
  std::string error_once;
  // Whoever does not ask by the whole primary key sees a row only after REFRESH TABLE.
  bool hides_fresh_rows = false;
  // So many statements that name a table find it unknown (42P01).
  int unknown_count = 0;
  // So many clients are told that their password is wrong.
  int refused_login_count = 0;
  // An UNNEST of more rows is refused by a circuit breaker. 0: none is.
  std::size_t rows_max = 0;
  // The server dies when the next ALTER TABLE is done.
  bool dies_after_alter = false;
  // In the next UNNEST the server dies when this many rows are written. 0: it does not.
  std::size_t dies_after_rows = 0;
};

struct CrateWorld {
  // Right ("DML") and schema.
  using Grants = std::set<std::pair<std::string, std::string>>;
  using ColumnName = std::pair<std::string, std::string>;  // "schema.table", column.

  Guarded<CrateTraps> traps;
  Guarded<std::map<std::string, Grants>> users;  // All others may do everything, as crate does.
  Guarded<std::map<ColumnName, SubColumns>> objects;  // OBJECT(DYNAMIC) columns, and lists of them.
  Guarded<std::set<ColumnName>> long_texts;           // Neither index nor column store.
  Guarded<std::map<std::string, std::size_t>> own_counts;  // Columns of a table itself, once asked.
};

inline constexpr std::size_t kCrateColumnsMax = 1'000;

}  // namespace relay
