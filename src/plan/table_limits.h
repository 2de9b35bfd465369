// What a table of a target can be like: how many columns, of which types. For those who choose
// columns before there is a table; sinks refuse what is outside of it.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/target_kind.h"
#include "mapping/column_type.h"

namespace relay {

// Of its own, on CrateDB together with those inside of its objects.
std::size_t table_columns_max(TargetKind target);

bool has_column_type(TargetKind target, const ColumnType& type);

// A json column takes values of every kind. False: documents only.
bool takes_any_json(TargetKind target);

// "PostgreSQL", "CrateDB".
std::string_view format_target(TargetKind target);

}  // namespace relay
