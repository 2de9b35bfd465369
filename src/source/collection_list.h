// Which collections exist: to decide whether the server should filter, and to find the names that a
// pattern means.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "source/change_source.h"
#include "source/mongo_connection.h"

namespace relay {

// Everything the user may see, system collections included. `database` empty: of every database.
// source_refused: the user may not list them.
Result<std::vector<CollectionInfo>> list_collections(MongoConnection& connection,
                                                     const std::string& database);

// The server's own: they have no change events.
bool is_system_collection(NamespaceView ns);

}  // namespace relay
