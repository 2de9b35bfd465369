// TableMap: which tables a namespace feeds. Rules come from [[table]]; a rule may be a pattern, so
// that the mapping of a collection is made when its first event is seen.
//
// Every rule that names or matches a collection feeds its table, so one collection may feed
// several. When two rules lead a collection to the same table, the one with its full name counts,
// else the first.
//
// Invariant: a table is fed by one collection only.
//
// One thread: the one that assembles batches. Mappings live as long as the map, also those that
// add_columns() has replaced; their addresses are stable.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/name_space.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// One [[table]] of the settings.
struct TableRule {
  std::string
      from{};        // "database.collection"; `*` stands for any run of characters in either part.
  std::string to{};  // "schema.table" with {db} and {collection}; empty: "{db}.{collection}".
  // As in TableMapping.
  JsonForm json = JsonForm::plain;
  MappingMode mode = MappingMode::mirror;
  // Empty with evolve = "add": a key column `oid` of type text to begin with.
  std::vector<ColumnMapping> columns{};
  std::string rest = "data";
  std::vector<FieldPath> exclude{};
  std::vector<FilterCondition> where{};
  Evolve evolve = Evolve::off;
  OnDelete on_delete = OnDelete::remove;
  OnDrop on_drop = OnDrop::keep;
};

// What the stream has to cover. Names and patterns as in TableRule, split at the first dot.
struct WatchScope {
  std::vector<Namespace> exact;     // Collections named in full.
  std::vector<Namespace> patterns;  // With `*` in either part.

  // The database that everything lies in; empty: several, or a pattern for databases.
  [[nodiscard]] std::string single_database() const;
};

class TableMap {
 public:
  // config_invalid: a name without a dot, an empty part, a name that no table can have, two full
  // names for one table, a pattern whose collections would all get one table, settings of a table
  // that contradict each other (check_rule.h).
  static Result<TableMap> make(std::vector<TableRule> rules);

  // The tables that `ns` feeds; empty: nobody wants it. The span lives as long as the map. Asking
  // again for the same namespace allocates nothing. config_invalid: two collections would share one
  // table, or the table's name would be refused (both only possible with patterns). System
  // and temporary collections and the databases admin, local, config never match a pattern.
  Result<std::span<const TableMapping* const>> route(NamespaceView ns);

  // The mapping of the same table with columns added behind the others, routed from now on. `old`:
  // one that this map has made, also one replaced before. Paths that have a column of their own
  // already are passed over. The names are as name_new_column() makes them.
  const TableMapping* add_columns(const TableMapping* old, std::vector<ColumnMapping> columns);

  // The mapping of the same table that knows what the table has: columns that a relay has added are
  // routed from now on, unless their field is excluded or has a column already.
  const TableMapping* take_live_columns(const TableMapping* old, LiveColumns live);

  // The newest mapping of the same table.
  [[nodiscard]] const TableMapping* current(const TableMapping* mapping) const;

  // Mappings known so far, the newest of each table: those of rules without a pattern, and those
  // that route() has made.
  [[nodiscard]] std::vector<const TableMapping*> known() const;

  [[nodiscard]] WatchScope scope() const;

  // Some table is, or may become, a log of events.
  [[nodiscard]] bool has_logs() const;

 private:
  struct Rule {
    TableRule text;
    Namespace from;
    bool is_pattern = false;
  };
  struct Route {
    std::vector<const TableMapping*> tables;
  };
  Result<const Route*> make_route(NamespaceView ns);
  const TableMapping* replace(const TableMapping* old, TableMapping next);

  std::vector<Rule> rules_;  // Those without a pattern first, else in the order given.
  std::map<Namespace, std::unique_ptr<Route>> routes_;
  std::vector<std::unique_ptr<TableMapping>> mappings_;
  std::vector<std::unique_ptr<TableMapping>> replaced_;  // Somebody may use them.
  std::map<TableName, Namespace> owners_;                // Which collection feeds a table.
  Namespace last_;  // The namespace asked for last, usually asked for again.
  const Route* last_route_ = nullptr;
};

}  // namespace relay
