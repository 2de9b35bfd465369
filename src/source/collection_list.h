// Which collections exist, to decide whether the server should filter.
#pragma once

#include <string>
#include <vector>

#include "core/name_space.h"
#include "core/result.h"
#include "source/mongo_connection.h"

namespace relay {

// Ordinary collections only: views and time series have no change events. `database` empty: of
// every database. source_refused: the user may not list them.
Result<std::vector<Namespace>> list_collections(MongoConnection& connection,
                                                const std::string& database);

}  // namespace relay
