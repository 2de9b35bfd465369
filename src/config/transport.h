// Transport: which hosts of a connection string would be reached over a network without TLS that
// verifies who they are.
//
// Reads connection strings only as far as this needs; whether they are whole the drivers say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/read_value.h"
#include "core/secret.h"

namespace relay {

// Names without ports, in the order of the connection string. None when TLS verifies certificate
// and name; hosts of this machine (loopback addresses, localhost, sockets of the file system) are
// left out. The environment counts where libpq looks into it.
std::vector<std::string> find_unverified_hosts(const Secret& uri, const Environment& environment);

// `list` is names with commas, and perhaps blanks, between them.
bool is_named(std::string_view list, std::string_view host);

}  // namespace relay
