#include "cli/verify_json.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

std::string relay_word(RelayWait::Outcome outcome) {
  switch (outcome) {
    case RelayWait::Outcome::passed:
      break;
    case RelayWait::Outcome::nobody:
      return "none";
    case RelayWait::Outcome::stuck:
      return "stands still";
  }
  return "followed";
}

Json to_json(const VerifiedTable& table, const ListedDifferences& listed) {
  const TableOutcome& outcome = table.outcome;
  Json json = {{"table", outcome.table}, {"from", outcome.from}, {"equal", table.is_equal()}};
  json["not_compared"] = outcome.uncompared.empty() ? Json() : Json(outcome.uncompared);
  if (!outcome.uncompared.empty()) return json;
  json["relay"] = relay_word(outcome.relay);
  json["documents"] = outcome.documents;
  json["rows"] = outcome.rows;
  json["missing"] = outcome.missing;
  json["extra"] = outcome.extra;
  json["differs"] = outcome.differs;
  json["mended"] = table.mended;
  json["dead_letters"] = outcome.dead_letters;
  json["unsettled"] = outcome.unsettled;
  json["seconds"] = std::round(table.seconds * 1'000) / 1'000;
  Json differences = Json::array();
  const auto own = listed.find(outcome.table);
  if (own != listed.end()) {
    for (const ListedDifference& difference : own->second)
      differences.push_back({{"kind", difference.kind}, {"key", difference.key}});
  }
  json["differences"] = std::move(differences);
  return json;
}

}  // namespace

std::string render_verify_json(const std::vector<VerifiedTable>& tables,
                               const ListedDifferences& listed) {
  Json all = Json::array();
  for (const VerifiedTable& table : tables)
    all.push_back(to_json(table, listed));
  const bool is_equal = std::ranges::all_of(tables, &VerifiedTable::is_equal);
  return Json({{"equal", is_equal}, {"tables", std::move(all)}}).dump() + "\n";
}

}  // namespace relay
