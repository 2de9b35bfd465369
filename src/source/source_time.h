// The source's clock, as its primary shows it.
#pragma once

#include "core/cluster_time.h"
#include "core/result.h"
#include "source/mongo_connection.h"

namespace relay {

// The newest time of the primary: everything that was written, or that a change stream delivered,
// before the call is not newer.
Result<ClusterTime> read_source_time(MongoConnection& connection);

// A reply's operationTime: the reply shows nothing newer. bad_document: it has none.
Result<ClusterTime> operation_time_of(RawDocument reply);

}  // namespace relay
