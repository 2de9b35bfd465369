// TableMap: which tables a namespace feeds. Rules come from [[table]]; a rule may be a pattern, so
// that the mapping of a collection is made when its first event is seen.
//
// Every rule that names or matches a collection feeds its table, so one collection may feed
// several. When two rules lead a collection to the same table, the one with its full name counts,
// else the first.
//
// Invariant: a table is fed by one collection only.
//
// One thread: the one that assembles batches. Mappings live as long as the map; their addresses are
// stable.
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
  std::string from;  // "database.collection"; `*` stands for any run of characters in either part.
  std::string to;    // "schema.table" with {db} and {collection}; empty: "{db}.{collection}".
  JsonForm json = JsonForm::plain;
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
  // names for one table, a pattern whose collections would all get one table.
  static Result<TableMap> make(std::vector<TableRule> rules);

  // The tables that `ns` feeds; empty: nobody wants it. The span lives as long as the map. Asking
  // again for the same namespace allocates nothing. config_invalid: two collections would share one
  // table, or the table's name would be refused (both only possible with patterns). System
  // collections (`system.*`) and the databases admin, local, config never match a pattern.
  Result<std::span<const TableMapping* const>> route(NamespaceView ns);

  // Mappings known so far: those of rules without a pattern, and those that route() has made.
  [[nodiscard]] std::vector<const TableMapping*> known() const;

  [[nodiscard]] WatchScope scope() const;

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

  std::vector<Rule> rules_;  // Those without a pattern first, else in the order given.
  std::map<Namespace, std::unique_ptr<Route>> routes_;
  std::vector<std::unique_ptr<TableMapping>> mappings_;
  std::map<TableName, Namespace> owners_;  // Which collection feeds a table.
  Namespace last_;                         // The namespace asked for last, usually asked for again.
  const Route* last_route_ = nullptr;
};

}  // namespace relay
