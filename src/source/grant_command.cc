#include "source/grant_command.h"

#include <string_view>

namespace relay {
namespace {

// A text of JavaScript.
std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

std::string grant_read_command(const std::string& user,
                               const std::string& user_database,
                               const std::string& database) {
  const std::string role = database.empty()
                               ? std::string("{role: \"readAnyDatabase\", db: \"admin\"}")
                               : "{role: \"read\", db: " + quote(database) + "}";
  return "db.getSiblingDB(" + quote(user_database) + ").grantRolesToUser(" + quote(user) + ", [" +
         role + "])";
}

}  // namespace relay
