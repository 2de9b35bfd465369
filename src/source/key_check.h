// Which documents still exist, by _id: like a look-up that fetches the _ids only, which the server
// answers from its index.
#pragma once

#include "core/result.h"
#include "source/change_source.h"
#include "source/mongo_connection.h"

namespace relay {

Result<FoundKeys> find_keys(MongoConnection& connection, const KeyCheck& request);

}  // namespace relay
