// The oplog's two ends and its size: how far back the source's history reaches.
#pragma once

#include <optional>

#include "core/result.h"
#include "source/change_source.h"
#include "source/mongo_connection.h"

namespace relay {

// Three small reads of the database `local`, of the server that the connection is pinned to: each
// member of a set has an oplog of its own, and this is the one that the stream reads. nullopt: a
// sharded cluster, whose shards have one each. source_refused: the user may not read it.
Result<std::optional<OplogFacts>> read_oplog(MongoConnection& connection);

}  // namespace relay
