#include "mapping/table_map.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "mapping/check_rule.h"
#include "mapping/field_path.h"
#include "mapping/name_pattern.h"
#include "mapping/table_name.h"

namespace relay {
namespace {

Error invalid(const std::string& what, const std::string& why) {
  return Error{ErrorKind::config_invalid, "map " + what + ": " + why, ""};
}

// A pattern is one rule for many collections: their names must reach the tables.
std::string explain_shared_table(NamespaceView from, std::string_view to) {
  const PlaceholderUse use = placeholders_of(to);
  if (has_wildcard(from.database) && !use.has_database) {
    return "all databases would share one table; put {db} into to";
  }
  if (has_wildcard(from.collection) && !use.has_collection) {
    return "all collections would share one table; put {collection} into to";
  }
  return "";
}

std::unique_ptr<TableMapping> make_mapping(const TableRule& rule, Namespace from, TableName to) {
  TableMapping mapping{.from = std::move(from),
                       .to = std::move(to),
                       .mode = rule.mode,
                       .json = rule.json,
                       .columns = rule.columns,
                       .rest = rule.rest,
                       .exclude = rule.exclude,
                       .where = rule.where,
                       .evolve = rule.evolve,
                       .on_delete = rule.on_delete,
                       .on_drop = rule.on_drop};
  // Columns stand beside a key; the one of tables without columns.
  if (mapping.evolve == Evolve::add && mapping.columns.empty())
    mapping.columns = {
        {.name = "oid", .path = {"_id"}, .type = {.name = TypeName::text}, .is_key = true}};
  return std::make_unique<TableMapping>(std::move(mapping));
}

}  // namespace

std::string WatchScope::single_database() const {
  std::string database;
  for (const std::vector<Namespace>* each : {&exact, &patterns}) {
    for (const Namespace& ns : *each) {
      if (has_wildcard(ns.database)) return "";
      if (!database.empty() && database != ns.database) return "";
      database = ns.database;
    }
  }
  return database;
}

Result<TableMap> TableMap::make(std::vector<TableRule> rules) {
  TableMap map;
  for (TableRule& rule : rules) {
    const NamespaceView from = split_namespace(rule.from);
    if (from.database.empty()) {
      return invalid(show_name(rule.from), "not of the form database.collection");
    }
    if (const std::string why = explain_rule(rule); !why.empty())
      return invalid(show_name(rule.from), why);
    const bool is_pattern = has_wildcard(rule.from);
    if (is_pattern) {
      const std::string shared = explain_shared_table(from, rule.to);
      if (!shared.empty()) return invalid(show_name(rule.from), shared);
      // Braces, dots and empty parts are wrong for every collection alike, so any will do to find
      // out.
      const Result<TableName> probe = make_table_name(rule.to, {"db", "collection"});
      if (!probe.ok()) return invalid(show_name(rule.from), probe.error().message);
    }
    Namespace ns{std::string(from.database), std::string(from.collection)};
    map.rules_.push_back({std::move(rule), std::move(ns), is_pattern});
  }
  std::ranges::stable_partition(map.rules_, [](const Rule& rule) { return !rule.is_pattern; });
  // Full names are mapped now, all of them before any pattern, so that no pattern takes their
  // tables.
  for (std::size_t i = 0; i < map.rules_.size() && !map.rules_[i].is_pattern; ++i) {
    const Rule& rule = map.rules_[i];
    const std::string what = show_name(rule.text.from);
    Result<TableName> to = make_table_name(rule.text.to, view_of(rule.from));
    if (!to.ok()) return invalid(what, to.error().message);
    const auto [owner, is_new] = map.owners_.try_emplace(to.value(), rule.from);
    if (!is_new) {
      return invalid(what,
                     "the table " + show_name(format_table(to.value())) + " is fed by " +
                         show_name(format_namespace(view_of(owner->second))) + " already");
    }
    map.mappings_.push_back(make_mapping(rule.text, rule.from, std::move(to.value())));
  }
  return map;
}

Result<std::span<const TableMapping* const>> TableMap::route(NamespaceView ns) {
  if (last_route_ == nullptr || view_of(last_) != ns) {
    const Result<const Route*> route = make_route(ns);
    if (!route.ok()) return route.error();
    last_route_ = route.value();
    last_.database.assign(ns.database);
    last_.collection.assign(ns.collection);
  }
  return std::span<const TableMapping* const>(last_route_->tables);
}

Result<const TableMap::Route*> TableMap::make_route(NamespaceView ns) {
  Namespace key{std::string(ns.database), std::string(ns.collection)};
  if (const auto found = routes_.find(key); found != routes_.end()) return found->second.get();
  auto route = std::make_unique<Route>();
  for (const auto& mapping : mappings_) {
    if (mapping->from == key) route->tables.push_back(mapping.get());
  }
  std::vector<std::unique_ptr<TableMapping>> added;
  for (const Rule& rule : rules_) {
    if (!rule.is_pattern || !matches_namespace(view_of(rule.from), ns)) continue;
    const std::string what = show_name(format_namespace(ns));
    Result<TableName> to = make_table_name(rule.text.to, ns);
    if (!to.ok()) return invalid(what, to.error().message);
    const bool is_fed = std::ranges::any_of(
        route->tables, [&](const TableMapping* table) { return table->to == to.value(); });
    if (is_fed) continue;  // A rule with the full name, or one before this, has it.
    if (const auto owner = owners_.find(to.value()); owner != owners_.end()) {
      return invalid(what,
                     "the table " + show_name(format_table(to.value())) + " is fed by " +
                         show_name(format_namespace(view_of(owner->second))) + " already");
    }
    added.push_back(make_mapping(rule.text, key, std::move(to.value())));
    route->tables.push_back(added.back().get());
  }
  // From here on nothing fails: a refused namespace leaves no trace.
  for (std::unique_ptr<TableMapping>& mapping : added) {
    owners_.emplace(mapping->to, key);
    mappings_.push_back(std::move(mapping));
  }
  return routes_.emplace(std::move(key), std::move(route)).first->second.get();
}

const TableMapping* TableMap::current(const TableMapping* mapping) const {
  const auto found = std::ranges::find(
      mappings_, mapping->to, [](const auto& each) -> const TableName& { return each->to; });
  CHECK(found != mappings_.end(), "the table of a mapping of this map");
  return found->get();
}

const TableMapping* TableMap::replace(const TableMapping* old, TableMapping next) {
  const auto place = std::ranges::find(
      mappings_, old, [](const auto& each) -> const TableMapping* { return each.get(); });
  CHECK(place != mappings_.end(), "the newest mapping is replaced");
  auto made = std::make_unique<TableMapping>(std::move(next));
  for (const auto& [ns, route] : routes_)
    std::ranges::replace(route->tables, old, static_cast<const TableMapping*>(made.get()));
  replaced_.push_back(std::exchange(*place, std::move(made)));
  return place->get();
}

const TableMapping* TableMap::add_columns(const TableMapping* old,
                                          std::vector<ColumnMapping> columns) {
  const TableMapping* const newest = current(old);
  TableMapping next = *newest;
  for (ColumnMapping& column : columns) {
    const bool is_there =
        std::ranges::find(next.columns, column.path, &ColumnMapping::path) != next.columns.end();
    if (!is_there) next.columns.push_back(std::move(column));
  }
  return replace(newest, std::move(next));
}

const TableMapping* TableMap::take_live_columns(const TableMapping* old, LiveColumns live) {
  const TableMapping* const newest = current(old);
  std::vector<ColumnMapping> columns;
  for (ColumnMapping& column : live.added) {
    const bool is_excluded = std::ranges::any_of(newest->exclude, [&](const FieldPath& excluded) {
      return is_within(column.path, excluded);
    });
    const bool is_there = std::ranges::any_of(newest->columns, [&](const ColumnMapping& each) {
      return each.path == column.path || each.name == column.name;
    });
    if (is_excluded || is_there) {
      live.spare.push_back({std::move(column.name), std::nullopt});
    } else {
      columns.push_back(std::move(column));
    }
  }
  TableMapping next = *newest;
  next.spare = std::move(live.spare);
  next.columns.insert(next.columns.end(), columns.begin(), columns.end());
  return replace(newest, std::move(next));
}

std::vector<const TableMapping*> TableMap::known() const {
  std::vector<const TableMapping*> tables;
  for (const auto& mapping : mappings_)
    tables.push_back(mapping.get());
  return tables;
}

WatchScope TableMap::scope() const {
  WatchScope scope;
  for (const Rule& rule : rules_) {
    std::vector<Namespace>& list = rule.is_pattern ? scope.patterns : scope.exact;
    if (std::ranges::find(list, rule.from) == list.end()) list.push_back(rule.from);
  }
  return scope;
}

bool TableMap::has_logs() const {
  return std::ranges::any_of(
      rules_, [](const Rule& rule) { return rule.text.mode == MappingMode::append; });
}

}  // namespace relay
