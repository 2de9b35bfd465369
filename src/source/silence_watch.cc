#include "source/silence_watch.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "source/bson_document.h"
#include "source/cursor_reply.h"
#include "source/side_client.h"

namespace relay {

void SilenceWatch::look() {
  const auto before = std::exchange(suspects_, {});
  // Asked once: a stop may be waiting for this to return.
  std::set<std::string> silent_hosts;
  for (const ClientSockets::Silence& silence : sockets_.find_silent(limits_.silence_max)) {
    const std::string& host = silence.command.host;
    const Work work = silent_hosts.contains(host) ? Work::no_answer : ask(silence.command);
    if (work == Work::under_way) continue;
    if (work == Work::no_answer) silent_hosts.insert(host);
    const std::pair command{silence.client, silence.number};
    if (before.contains(command)) {
      sockets_.cut(silence);
    } else {
      suspects_.insert(command);
    }
  }
}

SilenceWatch::Work SilenceWatch::ask(const CommandUnderWay& command) const {
  SideClient client(uri_, limits_.answer_max);
  if (!client.find_servers()) return Work::no_answer;
  if (!command.host.empty() && !client.knows(command.host)) return Work::no_answer;
  // Of this user, and of this server where there is a mongos: both need no right.
  const BsonDocument mine = BsonDocument().add_bool("allUsers", false).add_bool("localOps", true);
  BsonDocument session;
  bson_iter_t id;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(command.session.data());
  if (find_field({bytes, command.session.size()}, "id", id)) session.add_value("lsid.id", id);
  BsonArray stages;
  stages.add_document(BsonDocument().add_document("$currentOp", mine));
  stages.add_document(BsonDocument().add_document("$match", session));
  BsonDocument aggregate;
  aggregate.add_int32("aggregate", 1).add_array("pipeline", stages.items());
  aggregate.add_document("cursor", BsonDocument());
  BsonDocument reply;
  const Answer answer = client.run(command.host, "admin", aggregate, &reply);
  if (answer == Answer::none) return Work::no_answer;
  // A server that does not show its work is at least alive.
  if (answer == Answer::refused) return Work::under_way;
  const std::optional<CursorReply> found = parse_cursor_reply(reply.view());
  return found && found->document_count == 0 ? Work::unknown : Work::under_way;
}

}  // namespace relay
