// KeyReader: the keys of a table in pages, and its columns, on a connection of its own. Private to
// apply/.
//
// Any thread, one at a time: the lanes of a snapshot all ask, but seldom.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apply/pg_connection.h"
#include "apply/sink.h"
#include "core/guarded.h"

namespace relay {

class KeyReader {
 public:
  explicit KeyReader(PgConnection::Options options) : options_(std::move(options)) {}

  // As Sink::read_keys(). Connects when it has no connection; after an error it has none.
  Result<KeyPage> read(const TableMapping& table,
                       const std::optional<std::string>& after,
                       std::size_t count);
  // As Sink::read_live_columns().
  Result<LiveColumns> read_columns(const TableMapping& table);

 private:
  using Connection = std::unique_ptr<PgConnection>;  // Null: none.

  Status connect(Connection& connection) const;
  Result<KeyPage> read_with(Connection& connection,
                            const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) const;

  PgConnection::Options options_;
  Guarded<Connection> connection_;
};

}  // namespace relay
