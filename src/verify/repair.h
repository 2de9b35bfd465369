// Repair: mends the differences of a table: documents are read once more and their rows written,
// rows without a document removed or marked, while no batch of a relay can come in between
// (apply/row_mender.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "apply/row_mender.h"
#include "core/result.h"
#include "pipeline/row_maker.h"
#include "source/change_source.h"
#include "verify/dispute.h"
#include "verify/table_sides.h"

namespace relay {

class Repair {
 public:
  struct Links {  // All outlive this.
    ChangeSource& source;
    RowMender& mender;
  };
  // A difference that stays, and why: names and codes, never a value.
  using OnStay = std::function<void(const Dispute& difference, const std::string& why)>;

  Repair(Links links, std::string stream) : links_(links), stream_(std::move(stream)) {}

  // Returns how many are mended. A row that the target refuses, or that no document can become,
  // stays; an error is about more than that.
  Result<std::uint64_t> run(TableSides& sides,
                            std::span<const Dispute* const> differences,
                            const OnStay& on_stay);

 private:
  using Piece = std::span<const Dispute* const>;
  // What becomes of the differences of a piece.
  struct Made {
    std::map<std::string, std::string> why_not{};  // By key text. Others: the row is in the batch.
    bool is_too_large = false;                     // Nothing is in the batch: take fewer.
  };
  struct Work {
    TableSides& sides;
    const OnStay& on_stay;
    std::uint64_t mended = 0;
  };

  // Halves what is refused or too large, down to single rows.
  Status mend(Work& work, Piece piece);
  Result<Batch> make_rows(TableSides& sides, Piece piece, Made& made);
  // By key text; those that do not exist are not in it.
  Result<std::map<std::string, std::string>> read_documents(const TableMapping& table,
                                                            Piece piece,
                                                            ClusterTime now,
                                                            Made& made);

  Links links_;
  std::string stream_;
};

}  // namespace relay
