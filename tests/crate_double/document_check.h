// Whether a document is in a row of CrateDB without a change. Knows nothing of the relay's code.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace relay {

// `document` in canonical Extended JSON, `data` and `overflow` as the row has them (`overflow`
// null: NULL). Every value is in exactly one of the two: in `data` in the form of docs/values.md,
// or in `overflow` in canonical Extended JSON. Empty: so it is; else where it is not.
std::string find_change(const nlohmann::json& document,
                        const nlohmann::json& data,
                        const nlohmann::json& overflow);

}  // namespace relay
