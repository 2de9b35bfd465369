#include "e2e/whole_json.h"

namespace relay {
namespace {

using Json = nlohmann::json;

Json plain(const Json& value) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& element : value)
      list.push_back(plain(element));
    return list;
  }
  if (!value.is_object()) return value;
  for (const char* integer : {"$numberInt", "$numberLong"}) {
    if (value.size() == 1 && value.contains(integer))
      return std::stoll(value.at(integer).get<std::string>());
  }
  Json object = Json::object();
  for (const auto& [name, member] : value.items())
    object[name] = plain(member);
  return object;
}

}  // namespace

Json whole_json(const std::optional<std::string>& cell,
                const std::optional<std::string>& overflow,
                const std::string& part) {
  Json whole = cell ? Json::parse(*cell) : Json(nullptr);
  if (overflow) {
    Json rest = Json::parse(*overflow);
    if (!part.empty()) rest = rest.contains(part) ? rest.at(part) : Json(nullptr);
    // No value is in both.
    if (whole.is_null()) {
      whole = rest;
    } else {
      whole.merge_patch(rest.is_null() ? Json::object() : rest);
    }
  }
  return plain(whole);
}

}  // namespace relay
