// TCP ports on 127.0.0.1 for servers in tests.
//
// The port is free when it is picked, not reserved: a server that finds it taken is started on
// another.
#pragma once

#include <cstdint>

namespace relay {

std::uint16_t pick_free_port();

// Whether somebody takes connections there.
bool is_listening(std::uint16_t port);

}  // namespace relay
