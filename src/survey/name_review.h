// Names of tables that are not what the settings say, because they were cut.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "mapping/table_map.h"

namespace relay {

// The name that the rule of the table stands for when it is longer than what the target keeps.
// nullopt: the table is called as the settings say.
std::optional<std::string> find_uncut_name(std::span<const TableRule> rules,
                                           const TableMapping& table);

}  // namespace relay
