// CrateReader: what other threads than the applying one read from CrateDB, on a connection of its
// own: keys of a table in pages, and the types of its sub-columns. Private to apply/.
//
// Any thread, one at a time. Connects when it has no connection; after an error it has none.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apply/pg_connection.h"
#include "apply/sink.h"
#include "core/guarded.h"

namespace relay {

class CrateReader {
 public:
  explicit CrateReader(PgConnection::Options options) : options_(std::move(options)) {}

  // As Sink::read_keys(). Refreshes the table, so that it sees every row.
  Result<KeyPage> read_keys(const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count);
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& table);
  // As Sink::read_live_columns().
  Result<LiveColumns> read_live_columns(const TableMapping& table);

 private:
  using Connection = std::unique_ptr<PgConnection>;  // Null: none.

  Result<KeyPage> read_page(PgConnection& connection,
                            const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) const;

  PgConnection::Options options_;
  Guarded<Connection> connection_;
};

// A column as the catalogue lists it.
struct CrateColumn {
  std::string name;  // data, data['a']['b'].
  std::string type;  // "bigint", "numeric_array", ...
  bool is_nullable = true;
  bool has_default = false;
  bool is_generated = false;  // It takes no value.
  bool has_length = false;    // A text that must not be longer than somebody has said.
};

// None when there is no such table.
Result<std::vector<CrateColumn>> read_crate_columns(PgConnection& connection,
                                                    const TableMapping& table);

// Those that are inside of others, parents first.
std::vector<SubColumn> to_sub_columns(const std::vector<CrateColumn>& columns);

}  // namespace relay
