#include "source/cursor_stop.h"

#include <chrono>

#include "source/bson_document.h"
#include "source/side_client.h"

namespace relay {

namespace {

constexpr std::chrono::milliseconds kTimeout{2'000};

}  // namespace

bool stop_cursor(const Secret& uri, const OpenCursor& cursor) {
  SideClient client(uri, kTimeout);
  const bool is_any = client.find_servers();
  if (cursor.id == 0 || !client.knows(cursor.host)) return is_any;
  BsonDocument command;
  command.add_text("killCursors", cursor.collection);
  command.add_array("cursors", BsonArray().add_int64(cursor.id).items());
  return client.run(cursor.host, cursor.database, command) != Answer::none;
}

}  // namespace relay
