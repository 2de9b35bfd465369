// From the settings of tables to the rules of the mapping, and what this version does not do yet.
#pragma once

#include <vector>

#include "config/settings.h"
#include "core/result.h"
#include "mapping/table_map.h"

namespace relay {

// config_invalid: a path or a type that is none, a mapping file that cannot be read.
Result<std::vector<TableRule>> to_table_rules(const std::vector<TableSettings>& tables);

// config_invalid for settings that are understood but not built: a replication that silently
// ignored one (an excluded path, say) would be worse than one that does not start.
Status refuse_unbuilt(const Settings& settings);

}  // namespace relay
