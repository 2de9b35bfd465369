// DeadLetterDesk: what people do with dead letters, while a relay runs or not.
//
// A letter that is discarded stays in the table, closed. A target that relay has never written to
// has no letters. A relay that runs learns of discarded letters with the next one it writes.
//
// On CrateDB a list and a count are of what was written before they were asked for, and the letters
// of a discard are closed one after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"

namespace relay {

class PgAnswer;
class PgConnection;
class PgParams;

struct StoredLetter {
  std::string id{};  // As the target has it: a number on PostgreSQL, a text on CrateDB.
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
  // Closes them; returns how many were open. `table`: as in LetterFilter. config_invalid: an id
  // that no letter of this target can have.
  Result<std::uint64_t> discard_all(const std::string& table);
  Result<std::uint64_t> discard(std::span<const std::string> ids);

  // Also a closed one. nullopt: there is no letter of this id. config_invalid: as above.
  Result<std::optional<StoredLetter>> show(const std::string& id);

 private:
  // One question in both dialects.
  struct Question;

  explicit DeadLetterDesk(std::unique_ptr<PgConnection> connection);
  [[nodiscard]] bool is_crate() const;
  Result<std::optional<PgAnswer>> ask(const Question& question, const PgParams& params);
  Result<std::uint64_t> change(const Question& question, const PgParams& params);
  Result<std::uint64_t> discard_numbers(std::span<const std::string> ids);
  Result<std::uint64_t> discard_texts(std::span<const std::string> ids);

  std::unique_ptr<PgConnection> connection_;
};

// Of an id on PostgreSQL. config_invalid: it is none.
Result<std::int64_t> parse_letter_number(std::string_view id);

}  // namespace relay
