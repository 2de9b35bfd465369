// A JSON column as it was meant, whichever target it lies in.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace relay {

// `cell` of the column, together with the part of `overflow` that belongs there (of a log: under
// the column's name `part`; else all of it). Integers that stand in canonical Extended JSON are
// plain. Null: there is nothing.
nlohmann::json whole_json(const std::optional<std::string>& cell,
                          const std::optional<std::string>& overflow,
                          const std::string& part = "");

}  // namespace relay
