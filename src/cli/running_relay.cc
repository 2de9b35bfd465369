#include "cli/running_relay.h"

#include <nlohmann/json.hpp>

namespace relay {
namespace {

// {"error": "..."}
std::string reason_of(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("error") && json["error"].is_string()) return json["error"];
  return "no reason given";
}

}  // namespace

Result<RunningRelay> find_running_relay(const std::string& listen, const Secret& token) {
  if (listen.empty()) {
    return Error{ErrorKind::config_invalid,
                 "http.listen is empty: a relay without HTTP cannot be asked",
                 "set http.listen, for instance 127.0.0.1:8686, and start the relay again"};
  }
  const Result<HttpAddress> address = parse_http_address(listen);
  if (!address.ok()) return address.error();
  return RunningRelay{to_local(address.value()), token};
}

Status judge_reply(const HttpReply& reply, const std::string& doing) {
  if (reply.status == 202) return ok_status();
  const std::string message =
      doing + ": the relay answers " + std::to_string(reply.status) + ", " + reason_of(reply.body);
  switch (reply.status) {
    case 401:
      return Error{ErrorKind::config_invalid,
                   message,
                   "give this command the relay's own http.token: the same --config, or "
                   "RELAY_HTTP_TOKEN"};
    case 403:
      return Error{
          ErrorKind::config_invalid, message, "set http.token for the relay and for this command"};
    case 404:
      return Error{ErrorKind::config_invalid, message, "relay status"};
    default:
      return Error{ErrorKind::check_failed, message, "relay status"};
  }
}

}  // namespace relay
