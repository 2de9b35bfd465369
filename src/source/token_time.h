// When a resume token's event happened, for those who know nothing else of tokens.
#pragma once

#include <optional>
#include <string_view>

#include "core/cluster_time.h"

namespace relay {

// The one look into a token (of resume_token.h): it begins with 82, then seconds and increment as
// four big-endian bytes each. nullopt: it does not.
std::optional<ClusterTime> cluster_time_of(std::string_view text);

}  // namespace relay
