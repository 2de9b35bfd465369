// Cells of typed columns as text, for dead letters: rows that were refused, and the keys under
// which letters are kept. Pure. Not for the hot path.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apply/array_cells.h"
#include "mapping/table_mapping.h"

namespace relay {

// In which form numeric and uuid cells are; all others are binary everywhere.
enum class CellForm : std::uint8_t { binary, printed };

// What RowEncoder has made of the cells of a column.
CellForm form_of(const ArrayCells& cells);

// The key text (docs/values.md, "Keys") of the `_id` that a key cell was made from. A fraction in a
// numeric key may have been a double or a Decimal128, whose key texts differ: then there are two,
// the double's first. A JSON key is its JSON.
std::vector<std::string> key_texts(const ColumnType& type,
                                   std::string_view cell,
                                   CellForm form = CellForm::binary);

// The row as a JSON object, a name for each column that is not null. Without columns: the document
// itself, as the table would have had it. `columns` as in shape_of()
// or shape_on().
std::string row_as_json(const TableMapping& mapping,
                        const std::vector<ArrayCells>& columns,
                        std::size_t row);

}  // namespace relay
