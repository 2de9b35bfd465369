// LetterWriter: writes the document of a dead letter anew. On PostgreSQL beside a running relay or
// without one, on CrateDB without one only: crate_letter_writer.h.
//
//   lock the stream                               no batch of it commits: stream_gate.h
//   is the letter still open?
//   make()                                        reads the document from the source: now
//   its row, the closing of the letter
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apply/dead_letter_desk.h"
#include "core/batch.h"
#include "core/result.h"
#include "core/target_kind.h"
#include "mapping/sub_column.h"
#include "mapping/table_mapping.h"

namespace relay {

enum class Rewriting : std::uint8_t {
  written,        // The letter is closed, and every other of its document in this table.
  closed_before,  // By a relay or a person; nothing was done.
  unfit,          // make() returned dead letters: nothing was done.
};

// One thread. Errors have the kinds of sink.h.
class LetterWriter {
 public:
  // Connects. The target has a table of letters.
  static Result<LetterWriter> open(const DeadLetterDesk::Options& options);
  LetterWriter(LetterWriter&&) noexcept;
  ~LetterWriter();

  // As of a Sink: for whom rows are made, and what has to be known of a table before they are.
  [[nodiscard]] TargetKind target() const;
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& table);

  // Makes the table, or checks that the existing one fits. `table` outlives the writer.
  Status prepare(const TableMapping& table);

  // The rows of the letter's document, of one prepared table. Called while the stream stands still:
  // it is to take milliseconds. PostgreSQL ends the transaction after the statement timeout; on
  // CrateDB nothing is written when a relay has taken the stream over meanwhile.
  using MakeRows = std::function<Result<Batch>()>;

  // row_rejected: the target refuses the row. lease_held: on CrateDB, a relay runs. Nothing is
  // written on an error (on CrateDB perhaps the row), and the writer can be used again unless the
  // kind is sink_unavailable.
  Result<Rewriting> rewrite(const StoredLetter& letter, const MakeRows& make);

 private:
  struct State;
  explicit LetterWriter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// For errors.
std::string describe_retry(const StoredLetter& letter);

}  // namespace relay
