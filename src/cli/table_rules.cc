#include "cli/table_rules.h"

#include <string>
#include <string_view>

namespace relay {
namespace {

// The first setting of the table that this version does not know how to follow; empty: none.
std::string_view find_unbuilt(const TableSettings& table) {
  if (table.mode != TableMode::mirror) return "mode = \"append\"";
  if (!table.columns.empty()) return "columns";
  if (table.rest != TableSettings().rest) return "rest";
  if (!table.exclude.empty()) return "exclude";
  if (!table.where.empty()) return "where";
  if (table.evolve != TableEvolve::off) return "evolve = \"add\"";
  if (table.on_delete != DeletePolicy::remove) return "on_delete = \"mark\"";
  if (table.on_drop != DropPolicy::keep) return "on_drop other than \"keep\"";
  if (!table.schema_file.empty()) return "schema_file";
  return "";
}

Error unbuilt(const std::string& what, const std::string& hint) {
  return Error{ErrorKind::config_invalid, what + " is not in this version yet", hint};
}

}  // namespace

std::vector<TableRule> to_table_rules(const std::vector<TableSettings>& tables) {
  std::vector<TableRule> rules;
  for (const TableSettings& table : tables) {
    const JsonForm json = table.json == TableJson::extended ? JsonForm::extended : JsonForm::plain;
    rules.push_back({table.from, table.to, json});
  }
  return rules;
}

Status refuse_unbuilt(const Settings& settings) {
  if (settings.target.uri.reveal().starts_with("crate://")) {
    return unbuilt("target.uri with crate://", "a postgresql:// target");
  }
  if (settings.source.updates == UpdateMode::post_image) {
    return unbuilt("source.updates = \"post-image\"", "source.updates = \"lookup\"");
  }
  if (settings.ha.enabled) return unbuilt("ha.enabled", "ha.enabled = false");
  for (const TableSettings& table : settings.tables) {
    const std::string_view key = find_unbuilt(table);
    if (key.empty()) continue;
    return unbuilt("table " + table.from + ": " + std::string(key), "leave it out");
  }
  return ok_status();
}

}  // namespace relay
