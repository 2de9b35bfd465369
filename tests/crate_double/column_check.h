// Whether a typed column of CrateDB holds what a document has at the column's path: a judge of its
// own, that knows canonical Extended JSON and what the server prints.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "mapping/table_mapping.h"

namespace relay {

// `document`: canonical Extended JSON. `cell`: as the server prints it, of a list the first
// element. What a cell that is not NULL stands for is taken out of `rest`. "": no change.
std::string take_column(const ColumnMapping& column,
                        const std::optional<std::string>& cell,
                        const nlohmann::json& document,
                        nlohmann::json& rest);

}  // namespace relay
