// The tables of all settings. A new setting is a member in settings.h and a line in fields.cc.
#pragma once

#include <span>
#include <string>

#include "config/field.h"

namespace relay {

// [section] key = value, in the order of the reference.
std::span<const Field<Settings>> setting_fields();

// Keys of a [[table]].
std::span<const Field<TableSettings>> table_fields();

// Keys of an entry of `columns` and of `where`.
std::span<const Field<ColumnSettings>> column_fields();
std::span<const Field<FilterSettings>> filter_fields();

// "RELAY_TARGET_BATCH_ROWS"
std::string format_environment_name(const FieldInfo& info);

}  // namespace relay
