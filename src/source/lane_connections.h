// LaneConnections: the connections of the snapshot threads, one for each lane.
//
//   connections.use(lane, [](MongoConnection& connection) { return read(connection); });
//
// Opened when a lane first needs it, kept between calls, dropped after an error: what failed may
// have left the connection in the middle of something. Any thread; one call at a time for a lane.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "core/guarded.h"
#include "core/result.h"
#include "source/mongo_connection.h"

namespace relay {

class LaneConnections {
 public:
  // `pool` outlives it.
  explicit LaneConnections(MongoPool& pool) : pool_(pool) {}

  // What `read` returns, which is a Result; or why there is no connection.
  template <class Read>
  auto use(std::size_t lane, Read&& read)
      -> decltype(std::forward<Read>(read)(std::declval<MongoConnection&>())) {
    Result<std::unique_ptr<MongoConnection>> connection = take(lane);
    if (!connection.ok()) return connection.error();
    auto result = std::forward<Read>(read)(*connection.value());
    if (result.ok()) keep(lane, std::move(connection.value()));
    return result;
  }

 private:
  Result<std::unique_ptr<MongoConnection>> take(std::size_t lane);
  void keep(std::size_t lane, std::unique_ptr<MongoConnection> connection);

  MongoPool& pool_;
  // Those that nobody uses right now.
  Guarded<std::map<std::size_t, std::unique_ptr<MongoConnection>>> idle_;
};

}  // namespace relay
