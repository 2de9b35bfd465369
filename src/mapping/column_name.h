// Names of columns.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/target_kind.h"
#include "mapping/table_mapping.h"

namespace relay {

// Columns that PostgreSQL gives every table: ctid, xmin and so on.
bool is_system_column(std::string_view name);

// The same of CrateDB: _id, _version and so on.
bool is_crate_system_column(std::string_view name);

// False: CrateDB takes no column of this name, or nobody has tried it: dots, opening brackets,
// quotation marks and control characters.
bool is_crate_column_name(std::string_view name);

// Names that a new column of the mapping cannot have: those of its columns, rest, deleted_at.
bool is_column_taken(const TableMapping& mapping, std::string_view name);

// The spare column of the mapping with this name; nullptr: none.
const SpareColumn* find_spare(const TableMapping& mapping, std::string_view name);

// The column of a new field (evolve = "add"): the field's name, cut as fit_name() does; where that
// is taken, the same cut with the hash of the name behind it. Empty: no column can be named after
// the field. `others`: columns about to be added. May be a spare column with a type.
std::string name_new_column(const TableMapping& mapping,
                            std::span<const ColumnMapping> others,
                            std::string_view field,
                            TargetKind target = TargetKind::postgresql);

// More columns than this are not added. Rows of PostgreSQL lie in pages of 8 KiB, where a long text
// leaves a pointer of 18 bytes, so that rows of 400 columns always fit.
inline constexpr std::size_t kEvolvedColumnsMax = 400;

inline constexpr std::string_view kDeletedAt = "deleted_at";

// On CrateDB, of tables that have a place for the rest: table_shape.h.
inline constexpr std::string_view kOverflow = "overflow";

}  // namespace relay
