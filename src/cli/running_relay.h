// The relay that runs with these settings: where it is asked, and what its answers mean for whoever
// typed a command.
#pragma once

#include <string>

#include "cli/command.h"
#include "core/result.h"
#include "core/secret.h"
#include "server/http_address.h"
#include "server/relay_client.h"

namespace relay {

struct RunningRelay {
  HttpAddress address;
  Secret token;  // Empty: none is set.
};

// config_invalid: http.listen is empty.
Result<RunningRelay> find_running_relay(const std::string& listen, const Secret& token);

// What a reply to a wish means. config_invalid: token or table are not right; check_failed: not
// now.
Status judge_reply(const HttpReply& reply, const std::string& doing);

}  // namespace relay
