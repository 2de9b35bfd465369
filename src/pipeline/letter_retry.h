// LetterRetry: dead letters once more. The document is read afresh from the source by its key and
// goes the way of every other document, so what is written is its version of now, not the letter's.
//
// A document that is gone, or that the table's filter does not want, has its row removed. Letters
// of append tables stay: what their events were cannot be asked for again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "apply/letter_writer.h"
#include "core/result.h"
#include "mapping/table_map.h"
#include "source/change_source.h"

namespace relay {

struct RetryResult {
  enum class Outcome : std::uint8_t {
    written,        // The row is there.
    removed,        // The document is not, so neither is the row.
    closed_before,  // Nothing was left to do.
    stays,          // See `why`.
  };
  Outcome outcome = Outcome::stays;
  std::string why{};  // Names and codes, never a value. Empty unless it stays.
};

// One thread.
class LetterRetry {
 public:
  struct Links {  // All outlive the retry.
    ChangeSource& source;
    LetterWriter& writer;
    std::map<std::string, TableMap>& tables;  // By the name of the stream that feeds them.
  };
  explicit LetterRetry(Links links) : links_(links) {}

  // First: asks the source which collections there are, and finds the tables of patterns.
  Status find_tables();

  // An error is about more than this letter: a side is away, or a table does not fit.
  Result<RetryResult> retry(const StoredLetter& letter);

 private:
  // nullptr: why the letter stays is in `why`.
  const TableMapping* find_table(const StoredLetter& letter, std::string& why) const;
  // The document as it is now, if it is there.
  Result<std::optional<std::string>> look_up(const TableMapping& table,
                                             const StoredLetter& letter,
                                             RawDocument document_key,
                                             const ClusterTime& now);
  Result<Batch> make_rows(const TableMapping& table,
                          const StoredLetter& letter,
                          RawDocument document_key);

  Links links_;
  std::set<Namespace> collections_;  // That exist.
  std::set<const TableMapping*> prepared_;
};

}  // namespace relay
