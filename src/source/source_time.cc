#include "source/source_time.h"

#include <optional>

#include "source/cursor_reply.h"

namespace relay {

Result<ClusterTime> read_source_time(MongoConnection& connection) {
  BsonDocument ping;
  ping.add_int32("ping", 1);
  // On the primary, whose operationTime is its last applied write: a secondary's may be older than
  // writes that were acknowledged before this call.
  const Result<RawBuffer> reply = connection.run_on_primary({.phase = SourcePhase::inspect,
                                                             .doing = "ask for the source's time",
                                                             .database = "admin",
                                                             .body = ping});
  if (!reply.ok()) return reply.error();
  return operation_time_of(reply.value().view());
}

Result<ClusterTime> operation_time_of(RawDocument reply) {
  const std::optional<ClusterTime> time = find_time(reply, "operationTime");
  if (!time) {
    return Error{
        ErrorKind::bad_document, "ask for the source's time: a reply without operationTime", ""};
  }
  return *time;
}

}  // namespace relay
