#include "survey/name_review.h"

#include "mapping/name_pattern.h"
#include "mapping/table_name.h"

namespace relay {

std::optional<std::string> find_uncut_name(std::span<const TableRule> rules,
                                           const TableMapping& table) {
  const NamespaceView ns = view_of(table.from);
  for (const TableRule& rule : rules) {
    const NamespaceView from = split_namespace(rule.from);
    const bool is_rule = has_wildcard(rule.from) ? matches_namespace(from, ns) : from == ns;
    if (!is_rule) continue;
    const Result<TableName> to = make_table_name(rule.to, ns);
    if (!to.ok() || to.value() != table.to) continue;
    std::string uncut = expand_table_name(rule.to, ns);
    if (uncut != format_table(table.to)) return uncut;
  }
  return std::nullopt;
}

}  // namespace relay
