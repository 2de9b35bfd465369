// KeyReader: the keys of a table in pages, on a connection of its own. One thread. Private to
// apply/.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apply/pg_connection.h"
#include "apply/sink.h"

namespace relay {

class KeyReader {
 public:
  explicit KeyReader(PgConnection::Options options) : options_(std::move(options)) {}

  // As Sink::read_keys(). Connects when it has no connection; after an error it has none.
  Result<KeyPage> read(const TableMapping& table,
                       const std::optional<std::string>& after,
                       std::size_t count);

 private:
  Status connect();

  PgConnection::Options options_;
  std::unique_ptr<PgConnection> connection_;  // Null: none.
};

}  // namespace relay
