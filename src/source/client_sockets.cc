#include "source/client_sockets.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

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
  shared_.with([&](Shared& shared) {
    std::erase_if(shared.sockets, [](const Socket& socket) {
      return is_over(socket.number) && ::close(socket.number) == 0;
    });
    shared.sockets.push_back({own, &owner});
    if (shared.is_closed) shutdown(own, SHUT_RDWR);
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
