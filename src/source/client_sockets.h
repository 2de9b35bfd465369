// ClientSockets: the sockets of a pool's clients and the commands that wait on them, so that a
// thread that waits for a silent server can be found, and freed, by another one.
//
// The driver has no way to end a command: its socket time-out must be minutes, since a getMore may
// rightly be silent for long, and killCursors does not reach a server that hangs. A socket that is
// shut down ends the driver's wait at once, as if the server had closed the connection.
//
// The driver opens the connections itself; only the socket's number is taken from it. Where that
// cannot be found (another version of the driver), a connection is not in the list, and a wait on
// it ends as it always did.
//
// Threads: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <mongoc/mongoc.h>

#include "core/guarded.h"

namespace relay {

// What a client is used for.
enum class ClientUse : std::uint8_t {
  reading,     // The stream, and snapshots: nobody waits for it once the source is cancelled.
  looking_up,  // Documents of changes that were read: a drain still needs them.
};

// A command that a client waits for.
struct CommandUnderWay {
  std::string host;     // "host:port" of the server; empty: whichever is the primary.
  std::string session;  // BSON {id: ...}, by which the server's list of work names it.
};

class ClientSockets {
 public:
  // A command on whose connection no byte has moved for a while.
  struct Silence {
    CommandUnderWay command{};
    std::chrono::milliseconds duration{};
    const mongoc_client_t* client = nullptr;
    std::uint64_t number = 0;  // Of the command.
  };

  ClientSockets() = default;
  ~ClientSockets();
  ClientSockets(const ClientSockets&) = delete;
  ClientSockets& operator=(const ClientSockets&) = delete;

  // From now on new connections of `client` are in the list; all of it have this use. This object
  // outlives the client's last command.
  void watch(mongoc_client_t* client, ClientUse use);

  // Around each command of a watched client. end_command() says for how long it was silent, when
  // that was why it ended.
  void begin_command(const mongoc_client_t* client, CommandUnderWay command);
  std::optional<std::chrono::milliseconds> end_command(const mongoc_client_t* client);

  // Commands that have been silent for that long or longer.
  [[nodiscard]] std::vector<Silence> find_silent(std::chrono::milliseconds shortest);
  // Ends that wait. Nothing happens when the command is over, or has got an answer by now.
  void cut(const Silence& silence);
  // Ends every wait on a connection of that use. New connections are possible.
  void cut(ClientUse use);
  // Ends every wait, and refuses new connections.
  void close();

 private:
  struct Watched {
    ClientSockets* sockets = nullptr;
    mongoc_client_t* client = nullptr;
    ClientUse use = ClientUse::reading;
    // nullopt: none is under way.
    std::optional<CommandUnderWay> command = std::nullopt;
    std::chrono::steady_clock::time_point began_at{};
    std::uint64_t command_count = 0;
    std::optional<std::chrono::milliseconds> cut_after = std::nullopt;  // This command.
  };
  struct Socket {
    int number = 0;  // A duplicate, owned here: it cannot come to mean another connection.
    const Watched* owner = nullptr;
  };
  struct Shared {
    std::vector<Socket> sockets{};
    std::list<Watched> clients{};  // A list: the driver keeps pointers to the elements.
    bool is_closed = false;
  };

  static mongoc_stream_t* open_stream(const mongoc_uri_t* uri,
                                      const mongoc_host_list_t* host,
                                      void* watched,
                                      bson_error_t* error);
  void add(const Watched& owner, mongoc_stream_t* stream);
  static std::chrono::milliseconds silence_of(const Shared& shared, const Watched& owner);

  Guarded<Shared> shared_;
};

}  // namespace relay
