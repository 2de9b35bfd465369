#include "source/client_sockets.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

// How the driver connects when nobody has asked for something else, TLS included. It is in the
// library, but in none of its headers; weak, so that a library without it can still be linked.
extern "C" __attribute__((weak)) mongoc_stream_t* mongoc_client_default_stream_initiator(
    const mongoc_uri_t* uri, const mongoc_host_list_t* host, void* client, bson_error_t* error);

namespace relay {

namespace {

constexpr int kNone = -1;

// What mongoc_stream_t::type says of the lowest layer.
constexpr int kSocketStream = 1;

// The number of the driver's socket, which it does not tell. It is the first member of its opaque
// struct in all versions 1.x; that it really is that socket is checked by its address.
int number_of(mongoc_socket_t* socket) {
  int number = kNone;
  std::memcpy(&number, socket, sizeof number);
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  sockaddr_storage expected{};
  mongoc_socklen_t expected_length = sizeof expected;
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the system's idiom for addresses.
  if (getsockname(number, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      mongoc_socket_getsockname(socket, reinterpret_cast<sockaddr*>(&expected), &expected_length) !=
          0) {
    return kNone;
  }
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  const bool is_same = length == expected_length && std::memcmp(&address, &expected, length) == 0;
  return is_same ? number : kNone;
}

// The driver shuts a connection down before it closes it, so a duplicate does not keep it alive,
// and shows that it is over.
bool is_over(int number) {
  pollfd state{.fd = number, .events = 0, .revents = 0};
  return poll(&state, 1, 0) != 0;
}

void set_option(int number, int level, int name, int value) {
  // Best effort: a socket that is none of TCP has none of these.
  static_cast<void>(setsockopt(number, level, name, &value, sizeof value));
}

// A peer whose machine or network is gone says nothing. Without data on its way the kernel asks
// after 10 s and gives up 15 s later; with data it gives up when nothing is acknowledged for 30 s,
// where its own patience lasts for a quarter of an hour. The driver's defaults are 120 s and never.
void bound_dead_peer(int number) {
  set_option(number, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(number, IPPROTO_TCP, TCP_KEEPIDLE, 10);
  set_option(number, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set_option(number, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set_option(number, IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

// Since a byte of data moved, either way; acknowledgements are the kernel's, not the server's.
// nullopt: the connection is over.
std::optional<std::chrono::milliseconds> time_since_data(int number) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (is_over(number) || getsockopt(number, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(std::min(info.tcpi_last_data_recv, info.tcpi_last_data_sent));
}

}  // namespace

ClientSockets::~ClientSockets() {
  shared_.with([](Shared& shared) {
    for (const Socket& socket : shared.sockets)
      ::close(socket.number);
  });
}

void ClientSockets::watch(mongoc_client_t* client, ClientUse use) {
  if (mongoc_client_default_stream_initiator == nullptr) return;
  Watched* watched = shared_.with([&](Shared& shared) {
    auto known = std::ranges::find(shared.clients, client, &Watched::client);
    if (known == shared.clients.end()) {
      known = shared.clients.insert(known, Watched{this, client, use});
    }
    known->use = use;
    return &*known;
  });
  mongoc_client_set_stream_initiator(client, open_stream, watched);
}

mongoc_stream_t* ClientSockets::open_stream(const mongoc_uri_t* uri,
                                            const mongoc_host_list_t* host,
                                            void* watched,
                                            bson_error_t* error) {
  const Watched& owner = *static_cast<Watched*>(watched);
  if (owner.sockets->shared_.with([](Shared& shared) { return shared.is_closed; })) {
    bson_set_error(error, MONGOC_ERROR_STREAM, MONGOC_ERROR_STREAM_CONNECT, "relay is stopping");
    return nullptr;
  }
  mongoc_stream_t* stream = mongoc_client_default_stream_initiator(uri, host, owner.client, error);
  if (stream != nullptr) owner.sockets->add(owner, stream);
  return stream;
}

void ClientSockets::add(const Watched& owner, mongoc_stream_t* stream) {
  mongoc_stream_t* lowest = stream;
  while (lowest != nullptr && lowest->type != kSocketStream) {
    mongoc_stream_t* below = mongoc_stream_get_base_stream(lowest);
    lowest = below == lowest ? nullptr : below;
  }
  if (lowest == nullptr) return;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the driver's own downcast.
  auto* bottom = reinterpret_cast<mongoc_stream_socket_t*>(lowest);
  const int number = number_of(mongoc_stream_socket_get_socket(bottom));
  const int own = number == kNone ? kNone : fcntl(number, F_DUPFD_CLOEXEC, 0);
  if (own == kNone) return;
  bound_dead_peer(own);
  shared_.with([&](Shared& shared) {
    std::erase_if(shared.sockets, [](const Socket& socket) {
      return is_over(socket.number) && ::close(socket.number) == 0;
    });
    shared.sockets.push_back({own, &owner});
    if (shared.is_closed) shutdown(own, SHUT_RDWR);
  });
}

void ClientSockets::begin_command(const mongoc_client_t* client, CommandUnderWay command) {
  shared_.with([&](Shared& shared) {
    const auto known = std::ranges::find(shared.clients, client, &Watched::client);
    if (known == shared.clients.end()) return;
    known->command = std::move(command);
    known->began_at = std::chrono::steady_clock::now();
    known->cut_after.reset();
    ++known->command_count;
  });
}

std::optional<std::chrono::milliseconds> ClientSockets::end_command(const mongoc_client_t* client) {
  return shared_.with([&](Shared& shared) -> std::optional<std::chrono::milliseconds> {
    const auto known = std::ranges::find(shared.clients, client, &Watched::client);
    if (known == shared.clients.end()) return std::nullopt;
    known->command.reset();
    return std::exchange(known->cut_after, std::nullopt);
  });
}

// A client has a connection for each server it has talked to; the one that moves is the one.
std::chrono::milliseconds ClientSockets::silence_of(const Shared& shared, const Watched& owner) {
  std::optional<std::chrono::milliseconds> shortest;
  for (const Socket& socket : shared.sockets) {
    if (socket.owner != &owner) continue;
    const std::optional<std::chrono::milliseconds> since = time_since_data(socket.number);
    if (since && (!shortest || *since < *shortest)) shortest = since;
  }
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - owner.began_at);
  // Without a connection it is being made, which has a time-out of its own.
  return std::min(age, shortest.value_or(std::chrono::milliseconds(0)));
}

std::vector<ClientSockets::Silence> ClientSockets::find_silent(std::chrono::milliseconds shortest) {
  return shared_.with([&](const Shared& shared) {
    std::vector<Silence> found;
    for (const Watched& watched : shared.clients) {
      if (!watched.command) continue;
      const std::chrono::milliseconds silence = silence_of(shared, watched);
      if (silence < shortest) continue;
      found.push_back({*watched.command, silence, watched.client, watched.command_count});
    }
    return found;
  });
}

void ClientSockets::cut(const Silence& silence) {
  shared_.with([&](Shared& shared) {
    const auto known = std::ranges::find(shared.clients, silence.client, &Watched::client);
    if (known == shared.clients.end() || !known->command ||
        known->command_count != silence.number) {
      return;
    }
    const std::chrono::milliseconds now = silence_of(shared, *known);
    if (now < silence.duration) return;
    known->cut_after = now;
    for (const Socket& socket : shared.sockets) {
      if (socket.owner == &*known) shutdown(socket.number, SHUT_RDWR);
    }
  });
}

void ClientSockets::cut(ClientUse use) {
  shared_.with([use](Shared& shared) {
    for (const Socket& socket : shared.sockets) {
      if (socket.owner->use == use) shutdown(socket.number, SHUT_RDWR);
    }
  });
}

void ClientSockets::close() {
  shared_.with([](Shared& shared) {
    shared.is_closed = true;
    for (const Socket& socket : shared.sockets)
      shutdown(socket.number, SHUT_RDWR);
  });
}

}  // namespace relay
