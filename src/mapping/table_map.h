// TableMap: which tables a namespace feeds. Rules come from [[table]]; a rule may be a pattern, so that the
// mapping of a collection is made when its first event is seen.
//
// One thread: the one that assembles batches. Mappings live as long as the map; their addresses are stable.
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
  // config_invalid: a name without a dot, an empty part, two rules for one table.
  static Result<TableMap> make(std::vector<TableRule> rules);

  // The tables that `ns` feeds; empty: nobody wants it. The span is valid until the next call.
  // config_invalid: two collections would share one table (only possible with patterns).
  // System collections (`system.*`) and the databases admin, local, config never match a pattern.
  Result<std::span<const TableMapping* const>> route(NamespaceView ns);

  // Mappings known so far: those of rules without a pattern, and those that route() has made.
  [[nodiscard]] std::vector<const TableMapping*> known() const;

  [[nodiscard]] WatchScope scope() const;

 private:
  struct Route {
    std::vector<const TableMapping*> tables;
  };
  Result<const Route*> make_route(NamespaceView ns);

  std::vector<TableRule> rules_;
  std::map<Namespace, std::unique_ptr<Route>> routes_;
  std::vector<std::unique_ptr<TableMapping>> mappings_;
  std::map<TableName, Namespace> owners_;  // Which collection feeds a table.
  Namespace last_;                         // The namespace asked for last, usually asked for again.
  const Route* last_route_ = nullptr;
};

}  // namespace relay
