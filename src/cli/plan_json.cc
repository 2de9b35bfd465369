// The part of plan_text.h that writes JSON.
#include <nlohmann/json.hpp>

#include "cli/plan_text.h"
#include "mapping/field_path.h"
#include "plan/table_limits.h"

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

const char* word_of(Severity severity) {
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

Json to_json(const KindCounts& kinds) {
  Json json = Json::object();
  for (const auto& [kind, count] : kinds)
    json[std::string(kind)] = count;
  return json;
}

Json to_json(const FieldFacts& field) {
  return {{"path", format_path(field.path)},
          {"types", to_json(field.kinds)},
          {"element_types", to_json(field.elements)},
          {"column", field.type ? Json(format_column_type(*field.type)) : Json()},
          {"conflict", field.is_conflict}};
}

// As relay_misfits_total counts them.
Json misfits_of(const SampleFacts& sample) {
  Json json = Json::object();
  for (const auto& [column, count] : sample.misfits)
    json[column] = count;
  for (const auto& [column, count] : sample.overflow_values)
    json[column] = count;
  return json;
}

Json to_json(const PlannedTable& table) {
  Json fields = Json::array();
  for (const FieldFacts& field : table.sample.fields)
    fields.push_back(to_json(field));
  return {{"from", format_namespace(view_of(table.from))},
          {"to", format_table(table.to)},
          {"mode", table.mode == MappingMode::append ? "append" : "mirror"},
          {"has_collection", table.has_collection},
          {"documents", table.documents},
          {"bytes", table.bytes},
          {"sampled", table.sample.documents},
          {"left_out", table.sample.unwanted},
          {"dead_letters", table.sample.rejections},
          {"misfits", misfits_of(table.sample)},
          {"overflow", table.sample.overflow_fields},
          {"sub_columns", table.sample.sub_columns},
          {"statements", table.statements},
          {"fields", std::move(fields)},
          {"schema_file", table.schema_file.empty() ? Json() : Json(table.schema_file)}};
}

Json to_json(const Finding& finding) {
  return {{"severity", word_of(finding.severity)},
          {"about", finding.about},
          {"text", finding.text},
          {"try", finding.remedy}};
}

}  // namespace

std::string render_plan_json(const PlanReport& report) {
  Json tables = Json::array();
  for (const PlannedTable& table : report.tables)
    tables.push_back(to_json(table));
  Json findings = Json::array();
  for (const Finding& finding : report.findings)
    findings.push_back(to_json(finding));
  const Json json = {
      {"source",
       {{"host", report.source_host},
        {"version", report.source_version},
        {"replica_set", report.source_set.empty() ? Json() : Json(report.source_set)},
        {"oplog_window_seconds", report.oplog_window ? Json(report.oplog_window->count()) : Json()},
        {"oplog_is_full", report.oplog_window ? Json(report.is_oplog_full) : Json()}}},
      {"target",
       {{"product", format_target(report.target_kind)},
        {"version", report.target_version},
        {"database", report.target_database.empty() ? Json() : Json(report.target_database)},
        {"role", report.target_role},
        {"statements", report.bookkeeping}}},
      {"snapshot_seconds_estimated", report.snapshot_estimate.count()},
      {"tables", std::move(tables)},
      {"findings", std::move(findings)},
      {"is_ready", !report.has_blocker()}};
  // Names of fields may be bytes of any kind.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace relay
