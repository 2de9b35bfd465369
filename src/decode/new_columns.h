// NewColumns: fields of documents that deserve a column of their own under evolve = "add".
#pragma once

#include <cstddef>
#include <vector>

#include "decode/bson_reader.h"
#include "decode/json_writer.h"
#include "mapping/table_mapping.h"

namespace relay {

class NewColumns {
 public:
  // `mapping` outlives this.
  NewColumns(const TableMapping& mapping, JsonTarget target) : mapping_(mapping), target_(target) {}

  [[nodiscard]] bool is_wanted() const { return mapping_.evolve == Evolve::add; }

  void begin_row();
  // A field of the top level without a column. Nothing becomes of null, of a name that no column
  // can have, and of a field too many. `room`: so many columns more the table can have.
  void note(const BsonElement& element, std::size_t room);
  // The row is none: what was noted for it is forgotten.
  void forget_row();

  [[nodiscard]] bool does_row_need() const { return does_row_need_; }
  // All that were noted since the last call, in the order in which they were seen.
  std::vector<ColumnMapping> take();

 private:
  const TableMapping& mapping_;
  JsonTarget target_;
  std::vector<ColumnMapping> noted_;
  std::size_t row_start_ = 0;  // What noted_ had when the row began.
  bool does_row_need_ = false;
};

}  // namespace relay
