// CrateLetterWriter: letter_writer.h on CrateDB, where no lock can keep the batches of a running
// relay out: the stream's lease does, taken as a relay takes it. Private to apply/.
//
//   take the lease of the letter's stream         lease_held: a relay has it
//   is the letter still open?
//   make()
//   renew the lease: it is still ours             the row, every row acknowledged and counted
//   the letters of the row are closed             under the lease, too
//
// Invariant: nothing is sent that may be answered after the end of the lease. A crash in between
// leaves the row written and the letter open: the next retry writes the row again and closes it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apply/crate_lease.h"
#include "apply/crate_letters.h"
#include "apply/crate_writer.h"
#include "apply/letter_writer.h"
#include "mapping/sub_column.h"

namespace relay {

// One thread. Errors have the kinds of sink.h.
class CrateLetterWriter {
 public:
  CrateLetterWriter(std::unique_ptr<PgConnection> connection,
                    std::chrono::milliseconds statement_timeout);
  // Gives the lease back, unless the server is away: then it ends by itself.
  ~CrateLetterWriter();
  CrateLetterWriter(const CrateLetterWriter&) = delete;
  CrateLetterWriter& operator=(const CrateLetterWriter&) = delete;

  Status prepare(const TableMapping& table);
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& table);
  Result<Rewriting> rewrite(const StoredLetter& letter, const LetterWriter::MakeRows& make);

 private:
  struct Held {
    std::string stream;
    CrateLease lease;
    CrateLetters letters;
  };

  // One stream at a time: what is not held cannot run out.
  Status hold(const std::string& stream, const std::string& doing);
  void let_go();
  Result<bool> is_open(const std::string& id, const std::string& doing);
  Status write(const Batch& batch, const std::string& doing);
  Status close(const StoredLetter& letter, const Batch& batch, const std::string& doing);

  std::unique_ptr<PgConnection> connection_;
  CrateWriter rows_;
  std::optional<Held> held_;
};

}  // namespace relay
