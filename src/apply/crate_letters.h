// CrateLetters: dead letters on CrateDB, which has no transactions: they are written before the
// position moves, each under an id of its own, so that a replay writes the same ones. Private to
// apply/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "apply/pg_connection.h"
#include "core/batch.h"
#include "core/result.h"

namespace relay {

class CrateLetters {
 public:
  explicit CrateLetters(std::string stream) : stream_(std::move(stream)) {}

  // Reads what is open. Somebody else may close letters meanwhile: write() finds that out with
  // every letter that it writes.
  Status load(PgConnection& connection);
  [[nodiscard]] std::uint64_t open_count() const { return open_.size(); }

  // Closes the letters of rows that the batch has written, then writes the batch's own.
  // `now_seconds`: the server's time, since 1970.
  Status write(PgConnection& connection, const Batch& batch, double now_seconds);

 private:
  using Key = std::pair<std::string, std::string>;  // Table, key of the letter.

  Status close(PgConnection& connection, const TableRows& rows, const RowBlock& block, double now);
  Status count_again(PgConnection& connection);
  Status insert(PgConnection& connection, const DeadLetter& letter, double now);

  std::string stream_;
  std::multimap<Key, std::string> open_;  // To their ids.
};

}  // namespace relay
