#include "survey/findings.h"

#include <algorithm>
#include <utility>

#include "mapping/field_path.h"
#include "mapping/table_name.h"
#include "mapping/table_shape.h"
#include "survey/snapshot_estimate.h"

namespace relay {
namespace {

// MaxHeapAttributeNumber of PostgreSQL.
constexpr std::size_t kTableColumnsMax = 1'600;

std::string of_sample(std::uint64_t count, const PlannedTable& table) {
  return std::to_string(count) + " of " + std::to_string(table.sample.documents) +
         " sampled documents";
}

std::string_view rejection_remedy(std::string_view reason) {
  if (reason == "misfit") return "rest = \"data\" keeps what does not fit its column";
  if (reason == "key_misfit") return "type = \"text\" for the key column takes every _id";
  if (reason == "key_too_long") return "no index takes keys of more than 2,692 bytes";
  return "docs/dead-letters.md";
}

}  // namespace

std::vector<Finding> judge_columns(const TableMapping& mapping) {
  const std::size_t count = shape_of(mapping).size();
  if (count <= kTableColumnsMax) return {};
  return {{Severity::blocker,
           format_table(mapping.to),
           std::to_string(count) + " columns, and a table has at most " +
               std::to_string(kTableColumnsMax),
           "leave columns out: rest = \"data\" keeps what has none"}};
}

std::vector<Finding> judge_sample(const PlannedTable& table) {
  std::vector<Finding> findings;
  const std::string about = format_table(table.to);
  for (const auto& [reason, count] : table.sample.rejections) {
    findings.push_back({Severity::warning,
                        about,
                        of_sample(count, table) + " would become dead letters: " + reason,
                        std::string(rejection_remedy(reason))});
  }
  for (const auto& [column, count] : table.sample.misfits) {
    findings.push_back(
        {Severity::warning,
         about,
         "column " + column + " does not take the values of " + of_sample(count, table),
         "relay plan --write-schema DIR, for types that take them all"});
  }
  for (const FieldFacts& field : table.sample.fields) {
    if (!field.is_conflict) continue;
    std::string text = "field " + show_name(format_path(field.path)) + " has values of several " +
                       "types: " + format_kinds(field.kinds);
    if (!field.elements.empty()) text += "; in its arrays " + format_kinds(field.elements);
    if (field.type) text += "; " + format_column_type(*field.type) + " takes them all";
    findings.push_back({Severity::warning, about, text, ""});
  }
  if (table.sample.has_more_names) {
    findings.push_back({Severity::note,
                        about,
                        "a document has more than " + std::to_string(FieldStatistics::kNamesMax) +
                            " names: not all of them are listed",
                        ""});
  }
  return findings;
}

std::vector<Finding> judge_oplog(std::chrono::seconds window,
                                 std::chrono::seconds snapshot_estimate) {
  if (window >= snapshot_estimate) return {};
  return {{Severity::warning,
           "source",
           "the oplog holds " + format_span(window) + ", and the first copy may take " +
               format_span(snapshot_estimate) +
               ": a relay that is stopped for longer than the oplog holds copies anew",
           "db.adminCommand({replSetResizeOplog: 1, minRetentionHours: " +
               std::to_string(snapshot_estimate.count() / 3'600 + 1) + "})"}};
}

std::string format_kinds(const KindCounts& kinds) {
  std::vector<std::pair<std::string_view, std::uint64_t>> order(kinds.begin(), kinds.end());
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [kind, count] : order)
    text += (text.empty() ? "" : ", ") + std::string(kind) + " " + std::to_string(count);
  return text;
}

}  // namespace relay
