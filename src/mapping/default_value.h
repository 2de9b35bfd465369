// Defaults: values of the settings that stand in for missing fields.
#pragma once

#include "mapping/table_mapping.h"

namespace relay {

// Whether a column of the type holds the default exactly. Numbers fit as those of documents do
// (docs/types.md); a uuid is written as text; json, bytea and arrays take no default.
bool fits_default(const Literal& value, const ColumnType& type);

}  // namespace relay
