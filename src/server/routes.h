// Routes: every path of the HTTP interface, and who may use it. docs/http.md is its description.
//
// Reading is free for whoever reaches the port under a name of ours. Steering needs the token; when
// none is set, it needs to come from this machine and from no page of somebody else.
#pragma once

#include <string>

#include "core/clock.h"
#include "core/secret.h"
#include "server/http_address.h"
#include "server/http_message.h"
#include "server/relay_face.h"
#include "server/status_page.h"

namespace relay {

class Routes {
 public:
  // `clock` outlives this.
  Routes(RelayFace face, Secret token, HostNames names, Clock& clock);

  HttpAnswer respond(const HttpRequest& request) const;

 private:
  [[nodiscard]] HttpAnswer get(const std::string& path) const;
  [[nodiscard]] HttpAnswer post(const HttpRequest& request, const std::string& table) const;
  [[nodiscard]] bool has_token(const std::string& authorization) const;

  RelayFace face_;
  Secret token_;  // Empty: none is set.
  HostNames names_;
  Clock& clock_;
  StatusPage page_;
};

}  // namespace relay
