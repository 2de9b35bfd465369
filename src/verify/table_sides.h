// TableSides: both sides of one table under its mapping of now. With evolve = "add" a running relay
// may add columns at any time, and then both sides are made anew.
#pragma once

#include <optional>
#include <string>

#include "apply/row_reader.h"
#include "core/result.h"
#include "mapping/table_map.h"
#include "source/change_source.h"
#include "verify/source_rows.h"
#include "verify/target_rows.h"

namespace relay {

class TableSides {
 public:
  struct Links {  // All outlive this.
    ChangeSource& source;
    RowReader& reader;
    TableMap& tables;
  };

  // `table`: of links.tables.
  TableSides(Links links, const TableMapping* table) : links_(links), table_(table) {}

  // Before the first use, and whenever the table may have changed. Errors are of the target.
  Status refresh();

  [[nodiscard]] const TableMapping& mapping() const { return *table_; }
  SourceRows& source() { return *source_; }
  TargetRows& target() { return *target_; }

  // What a key column says as {_id: value}; empty: no document makes a row of this key.
  std::string make_id(const std::string& key, const std::string& text);

 private:
  Links links_;
  const TableMapping* table_;
  std::optional<SourceRows> source_;
  std::optional<TargetRows> target_;
};

}  // namespace relay
