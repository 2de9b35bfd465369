#include "cli/plan_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/text_table.h"
#include "mapping/field_path.h"
#include "plan/table_limits.h"
#include "survey/findings.h"
#include "survey/snapshot_estimate.h"

namespace relay {
namespace {

constexpr std::size_t kFieldsShown = 60;

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; bytes >= 10'240 && unit < 3; ++unit)
    bytes /= 1'024;
  return std::to_string(bytes) + " " + std::string(kUnits[unit]);
}

std::string_view word_of(Severity severity) {
  switch (severity) {
    case Severity::blocker:
      return "blocker";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

// Without the comments for people who read the file it comes from.
std::string render_statement(const std::string& sql) {
  std::string text;
  std::string_view rest = sql;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with("--")) continue;
    text += (text.empty() ? "  " : "\n  ") + printable(std::string(line));
  }
  return text + ";\n";
}

std::string render_heading(const PlanReport& report) {
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;
  for (const PlannedTable& table : report.tables) {
    documents += table.documents;
    bytes += table.bytes;
  }
  const std::string set =
      report.source_set.empty() ? "sharded cluster" : "replica set " + report.source_set;
  const std::string oplog = report.oplog_window
                                ? "the oplog reaches back " + format_span(*report.oplog_window) +
                                      (report.is_oplog_full ? "" : " and still grows")
                                : "how far the oplog reaches back is not known";
  return "source: MongoDB " + report.source_version + " at " + report.source_host + ", " +
         printable(set) + "; " + oplog + "\n" +
         "target: " + std::string(format_target(report.target_kind)) + " " + report.target_version +
         (report.target_database.empty() ? "" : ", database " + printable(report.target_database)) +
         ", role " + printable(report.target_role) + "\n" + "first copy: about " +
         std::to_string(documents) + " documents, " + format_bytes(bytes) + ", about " +
         format_span(report.snapshot_estimate) + "\n";
}

std::string render_fields(const PlannedTable& table) {
  if (table.sample.fields.empty()) return "";
  std::vector<TextRow> rows = {{"FIELD", "TYPES", "COLUMN"}};
  for (const FieldFacts& field : table.sample.fields) {
    if (rows.size() > kFieldsShown) break;
    std::string kinds = format_kinds(field.kinds);
    if (!field.elements.empty()) kinds += " (of " + format_kinds(field.elements) + ")";
    std::string column = field.type ? format_column_type(*field.type) : "-";
    if (field.is_opened) column = "see inside";
    if (field.is_conflict) column += "  conflict";
    rows.push_back({printable(format_path(field.path)), kinds, column});
  }
  std::string text = align_rows(rows);
  if (table.sample.fields.size() > kFieldsShown) {
    text += "  and " + std::to_string(table.sample.fields.size() - kFieldsShown) +
            " more; --json has all\n";
  }
  return text;
}

std::string render_table(const PlannedTable& table) {
  std::string text = "\n" + printable(format_namespace(view_of(table.from))) + " -> " +
                     printable(format_table(table.to));
  if (table.mode == MappingMode::append) text += " (append)";
  text += ": about " + std::to_string(table.documents) + " documents, " +
          format_bytes(table.bytes) + ", " + std::to_string(table.sample.documents) + " sampled\n";
  for (const std::string& statement : table.statements)
    text += render_statement(statement);
  if (table.statements.empty()) text += "  the table is there\n";
  text += render_fields(table);
  if (!table.schema_file.empty()) text += "  written: " + printable(table.schema_file) + "\n";
  return text;
}

}  // namespace

std::string count_findings(const PlanReport& report) {
  std::string text;
  for (const Severity severity : {Severity::blocker, Severity::warning}) {
    const auto count = std::ranges::count(report.findings, severity, &Finding::severity);
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
            std::string(word_of(severity)) + (count == 1 ? "" : "s");
  }
  return text.empty() ? "nothing is in the way" : text;
}

std::string render_plan_text(const PlanReport& report) {
  std::string text = render_heading(report);
  if (!report.bookkeeping.empty()) text += "\nbookkeeping of the relay in the target\n";
  for (const std::string& statement : report.bookkeeping)
    text += render_statement(statement);
  for (const PlannedTable& table : report.tables)
    text += render_table(table);
  text += "\n";
  for (const Finding& finding : report.findings) {
    text += std::string(word_of(finding.severity)) + ": " + printable(finding.about) + ": " +
            printable(finding.text) + "\n";
    if (!finding.remedy.empty()) text += "  try: " + printable(finding.remedy) + "\n";
  }
  return text + count_findings(report) + "\n";
}

}  // namespace relay
