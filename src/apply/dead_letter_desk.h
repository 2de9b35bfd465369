// DeadLetterDesk: what people do with dead letters, while a relay runs or not.
//
// A letter that is discarded stays in the table, closed. A target that relay has never written to
// has no letters. A relay that runs learns of discarded letters with the next one it writes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"

namespace relay {

class PgConnection;

struct StoredLetter {
  std::int64_t id = 0;
  std::string stream{};
  std::string table{};  // "schema.table".
  std::string doc_key{};
  std::string reason{};
  std::string detail{};
  std::string operation{};
  std::string position{};
  std::string document{};    // Empty in a list.
  std::string created_at{};  // UTC, "2026-01-31T23:59:59.123Z".
  std::string closed_at{};   // Likewise; empty: open.
};

struct LetterFilter {
  std::string table{};           // "schema.table"; empty: of all tables.
  bool includes_closed = false;  // Open letters only, else.
};

// One thread. Errors have the kinds of sink.h.
class DeadLetterDesk {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
  };

  // Connects.
  static Result<DeadLetterDesk> open(const Options& options);
  DeadLetterDesk(DeadLetterDesk&&) noexcept;
  ~DeadLetterDesk();

  // The newest first, `limit` of them at most.
  Result<std::vector<StoredLetter>> list(const LetterFilter& filter, std::size_t limit);
  Result<std::uint64_t> count(const LetterFilter& filter);
  // Closes them; returns how many were open. `table`: as in LetterFilter.
  Result<std::uint64_t> discard_all(const std::string& table);
  Result<std::uint64_t> discard(std::span<const std::int64_t> ids);

  // Also a closed one. nullopt: there is no letter of this number.
  Result<std::optional<StoredLetter>> show(std::int64_t id);

 private:
  explicit DeadLetterDesk(std::unique_ptr<PgConnection> connection);

  std::unique_ptr<PgConnection> connection_;
};

// config_invalid: the target is CrateDB, for which the commands about letters are not built yet.
Status refuse_crate(const PgConnection& connection);

}  // namespace relay
