#include "survey/findings.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mapping/field_path.h"
#include "mapping/table_name.h"
#include "mapping/table_shape.h"
#include "plan/table_limits.h"
#include "survey/snapshot_estimate.h"

namespace relay {
namespace {

// Of the fields that a finding names.
constexpr std::size_t kNamedMax = 5;

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

// "total 10, meta.x 2 and 3 more": the most frequent first.
std::string format_fields(const std::map<std::string, std::uint64_t>& fields) {
  std::vector<std::pair<std::string, std::uint64_t>> order(fields.begin(), fields.end());
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < std::min(order.size(), kNamedMax); ++i)
    text += (text.empty() ? "" : ", ") + show_name(order[i].first) + " " +
            std::to_string(order[i].second);
  if (order.size() > kNamedMax)
    text += " and " + std::to_string(order.size() - kNamedMax) + " more";
  return text;
}

// What the JSON columns of CrateDB do not keep as it is.
std::vector<Finding> judge_objects(const PlannedTable& table) {
  std::vector<Finding> findings;
  const std::string about = format_table(table.to);
  for (const auto& [column, count] : table.sample.overflow_values) {
    findings.push_back({Severity::warning,
                        about,
                        std::to_string(count) + " values would stand in overflow, not in " +
                            column + ", which would change or refuse them; documents with such, " +
                            "by field: " + format_fields(table.sample.overflow_fields),
                        "docs/targets.md says when; a column of its own for the field may take "
                        "them all: relay plan --write-schema DIR"});
  }
  if (!table.sample.has_room_for_columns) {
    findings.push_back({Severity::warning,
                        about,
                        "the sample alone fills the table's 1,000 columns (" +
                            std::to_string(table.sample.sub_columns) +
                            " of them inside of objects): values of further names stand in "
                            "overflow",
                        "name the columns you need and leave rest out, or exclude what has a new "
                        "name in every document"});
  }
  return findings;
}

}  // namespace

std::vector<Finding> judge_columns(const TableMapping& mapping, TargetKind target) {
  const std::size_t count = shape_on(target, mapping).size();
  const std::size_t count_max = table_columns_max(target);
  if (count <= count_max) return {};
  return {{Severity::blocker,
           format_table(mapping.to),
           std::to_string(count) + " columns, and a table has at most " + std::to_string(count_max),
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
  std::ranges::move(judge_objects(table), std::back_inserter(findings));
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
