#include "source/lane_connections.h"

namespace relay {

Result<std::unique_ptr<MongoConnection>> LaneConnections::take(std::size_t lane) {
  std::unique_ptr<MongoConnection> kept =
      idle_.with([lane](auto& idle) { return std::exchange(idle[lane], nullptr); });
  if (kept) return kept;
  return MongoConnection::open(pool_, ClientUse::reading);
}

void LaneConnections::keep(std::size_t lane, std::unique_ptr<MongoConnection> connection) {
  idle_.with([&](auto& idle) { idle[lane] = std::move(connection); });
}

}  // namespace relay
