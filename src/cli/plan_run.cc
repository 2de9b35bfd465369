#include "cli/plan_run.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "apply/target_survey.h"
#include "cli/table_rules.h"
#include "mapping/name_pattern.h"
#include "mapping/table_name.h"
#include "source/grant_command.h"
#include "survey/findings.h"
#include "survey/name_review.h"
#include "survey/snapshot_estimate.h"

namespace relay {
namespace {

class Planner {
 public:
  // Both sides outlive the planner.
  Planner(std::vector<TableRule> rules,
          TableMap map,
          const SampleLimits& limits,
          SourceSurvey& source,
          TargetSurvey& target)
      : rules_(std::move(rules)),
        map_(std::move(map)),
        limits_(limits),
        source_(source),
        target_(target) {}

  Status ask_source();
  Status ask_target();
  PlanReport take();

 private:
  void add(Severity severity, std::string about, std::string text, std::string remedy = "") {
    report_.findings.push_back({severity, std::move(about), std::move(text), std::move(remedy)});
  }
  void refuse_user();
  Status settle(const Error& error);
  Status try_stream();
  Status find_collections();
  void route(const CollectionInfo& collection);
  void look_at_names();
  Status look_into_collections();
  Status look_into(const Namespace& ns, std::span<const TableMapping* const> tables);
  Status look_at_oplog();

  std::vector<TableRule> rules_;
  TableMap map_;
  SampleLimits limits_;
  SourceSurvey& source_;
  TargetSurvey& target_;
  std::string database_ = map_.scope().single_database();  // Empty: several.
  bool is_user_refused_ = false;
  bool are_collections_known_ = false;
  std::map<Namespace, CollectionKind> collections_;
  std::map<TableName, PlannedTable> tables_;
  PlanReport report_;
};

std::string format_wanted(const Namespace& ns) {
  return format_namespace(view_of(ns));
}

// Once, however much it may not do.
void Planner::refuse_user() {
  if (std::exchange(is_user_refused_, true)) return;
  const SourceTraits& traits = source_.traits();
  const std::string what = database_.empty() ? "all databases" : "database " + database_;
  if (traits.user.empty()) {
    add(Severity::blocker,
        "source",
        "nobody is logged in, and the server wants a user who may read " + what +
            " and its changes",
        "db.getSiblingDB(\"admin\").createUser({user: \"relay\", pwd: passwordPrompt(), roles: [" +
            (database_.empty() ? std::string("{role: \"readAnyDatabase\", db: \"admin\"}")
                               : "{role: \"read\", db: \"" + database_ + "\"}") +
            "]})");
    return;
  }
  add(Severity::blocker,
      "source",
      "user " + traits.user + " may not read " + what + " and its changes",
      grant_read_command(traits.user, traits.user_database, database_));
}

// A refusal is a finding; everything else ends the plan.
Status Planner::settle(const Error& error) {
  if (error.kind != ErrorKind::source_refused) return error;
  if (source_.lacks_right()) {
    refuse_user();
  } else {
    add(Severity::blocker, "source", error.message, error.hint);
  }
  return ok_status();
}

Status Planner::ask_source() {
  report_.source_host = source_.traits().host;
  report_.source_version = source_.traits().version;
  report_.source_set = source_.traits().set_name;
  if (Status tried = try_stream(); !tried.ok()) return tried;
  if (Status found = find_collections(); !found.ok()) return found;
  look_at_names();
  if (Status looked = look_into_collections(); !looked.ok()) return looked;
  return look_at_oplog();
}

Status Planner::try_stream() {
  const Status tried = source_.try_stream(database_);
  return tried.ok() ? tried : settle(tried.error());
}

Status Planner::find_collections() {
  const Result<std::vector<CollectionInfo>> listed = source_.list(database_);
  if (!listed.ok()) return settle(listed.error());
  are_collections_known_ = true;
  for (const CollectionInfo& collection : listed.value()) {
    collections_.emplace(collection.ns, collection.kind);
    route(collection);
  }
  return ok_status();
}

// Finds the tables of patterns, and those that two collections would share.
void Planner::route(const CollectionInfo& collection) {
  const auto routed = map_.route(view_of(collection.ns));
  if (!routed.ok()) {
    add(Severity::blocker,
        format_wanted(collection.ns),
        routed.error().message,
        "give one of them another table with to = \"schema.table\"");
    return;
  }
  if (routed.value().empty() || collection.kind == CollectionKind::collection) return;
  const bool is_named = std::ranges::any_of(
      rules_, [&](const TableRule& rule) { return rule.from == format_wanted(collection.ns); });
  const std::string kind =
      collection.kind == CollectionKind::view ? "a view" : "a time-series collection";
  add(is_named ? Severity::blocker : Severity::note,
      format_wanted(collection.ns),
      kind + ", which has no change events" + (is_named ? "" : ": passed over"),
      is_named ? "leave the [[table]] out" : "");
}

void Planner::look_at_names() {
  for (const TableRule& rule : rules_) {
    const NamespaceView from = split_namespace(rule.from);
    if (!has_wildcard(rule.from) && is_system_namespace(from)) {
      add(Severity::blocker,
          rule.from,
          "a collection of the server's own, which has no change events",
          "leave the [[table]] out");
    }
    const bool is_matched = std::ranges::any_of(collections_, [&](const auto& collection) {
      return matches_namespace(from, view_of(collection.first));
    });
    if (has_wildcard(rule.from) && are_collections_known_ && !is_matched) {
      add(Severity::warning,
          rule.from,
          "no collection matches, or the user may see none",
          "tables are made when collections of that name appear");
    }
  }
  for (const TableMapping* mapping : map_.known()) {
    const auto found = collections_.find(mapping->from);
    const bool is_there = found != collections_.end();
    if ((is_there && found->second != CollectionKind::collection) ||
        is_system_namespace(view_of(mapping->from)))
      continue;
    PlannedTable& table = tables_[mapping->to];
    table.from = mapping->from;
    table.to = mapping->to;
    table.mode = mapping->mode;
    table.has_collection = is_there;
    std::ranges::move(judge_columns(*mapping, target_.traits().kind),
                      std::back_inserter(report_.findings));
    if (const auto uncut = find_uncut_name(rules_, *mapping)) {
      add(Severity::note,
          format_table(mapping->to),
          "the name " + show_name(*uncut) + " is too long for the target, and always becomes this",
          "to = \"schema.table\" chooses another");
    }
    if (!is_there && are_collections_known_ && !is_user_refused_) {
      add(Severity::note,
          format_wanted(mapping->from),
          "the collection does not exist yet, or the user may not see it");
    }
  }
}

Status Planner::look_into_collections() {
  std::map<Namespace, std::vector<const TableMapping*>> tables;
  for (const TableMapping* mapping : map_.known()) {
    if (tables_.contains(mapping->to) && tables_[mapping->to].has_collection)
      tables[mapping->from].push_back(mapping);
  }
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;
  for (const auto& [ns, mappings] : tables) {
    const Status looked = look_into(ns, mappings);
    if (!looked.ok()) {
      if (Status settled = settle(looked.error()); !settled.ok()) return settled;
      continue;
    }
    for (const TableMapping* mapping : mappings) {
      documents += tables_[mapping->to].documents;
      bytes += tables_[mapping->to].bytes;
    }
  }
  report_.snapshot_estimate = estimate_snapshot(documents, bytes);
  return ok_status();
}

Status Planner::look_into(const Namespace& ns, std::span<const TableMapping* const> mappings) {
  const Result<CollectionSizeFacts> size = source_.measure(view_of(ns));
  if (!size.ok()) return size.error();
  std::vector<std::unique_ptr<TableSample>> samples;
  for (const TableMapping* mapping : mappings) {
    const Result<std::vector<SubColumn>> known = target_.read_sub_columns(*mapping);
    if (!known.ok()) return known.error();
    samples.push_back(
        std::make_unique<TableSample>(*mapping, target_.traits().kind, known.value()));
  }
  const Status sampled = source_.sample(view_of(ns), limits_, [&](RawDocument document) {
    for (const auto& sample : samples)
      sample->add(document);
  });
  if (!sampled.ok()) return sampled;
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    PlannedTable& table = tables_[mappings[i]->to];
    table.documents = size.value().documents;
    table.bytes = size.value().bytes;
    table.sample = samples[i]->facts();
    std::ranges::move(judge_sample(table), std::back_inserter(report_.findings));
  }
  return ok_status();
}

Status Planner::look_at_oplog() {
  const Result<std::optional<OplogWindow>> window = source_.oplog_window();
  if (window.ok() && window.value()) {
    report_.oplog_window = window.value()->span;
    report_.is_oplog_full = window.value()->is_full;
    if (report_.is_oplog_full) {
      std::ranges::move(judge_oplog(window.value()->span, report_.snapshot_estimate),
                        std::back_inserter(report_.findings));
    }
  }
  if (window.ok()) return ok_status();
  if (window.error().kind != ErrorKind::source_refused) return window.error();
  const SourceTraits& traits = source_.traits();
  add(Severity::note,
      "source",
      "how far the oplog reaches back is not known, nor later how long until the position falls "
      "off "
      "it: the user may not read it, and need not",
      traits.user.empty() ? "" : grant_read_command(traits.user, traits.user_database, "local"));
  return ok_status();
}

Status Planner::ask_target() {
  report_.target_kind = target_.traits().kind;
  report_.target_database = target_.traits().database;
  report_.target_version = target_.traits().version;
  report_.target_role = target_.traits().role;
  const auto take = [this](const std::string& about, const SetupOutlook& outlook) {
    for (const Error& obstacle : outlook.obstacles)
      add(Severity::blocker, about, obstacle.message, obstacle.hint);
    return outlook.statements;
  };
  const Result<SetupOutlook> books = target_.look_at_bookkeeping();
  if (!books.ok()) return books.error();
  report_.bookkeeping = take("target", books.value());
  for (const TableMapping* mapping : map_.known()) {
    const auto table = tables_.find(mapping->to);
    if (table == tables_.end()) continue;
    const Result<SetupOutlook> outlook = target_.look_at_table(*mapping);
    if (!outlook.ok()) return outlook.error();
    table->second.statements = take(format_table(mapping->to), outlook.value());
  }
  return ok_status();
}

PlanReport Planner::take() {
  for (auto& [to, table] : tables_)
    report_.tables.push_back(std::move(table));
  std::ranges::stable_sort(report_.findings, {}, &Finding::severity);
  return std::move(report_);
}

}  // namespace

Result<PlanReport> make_plan(const Settings& settings, const SampleLimits& limits) {
  Result<std::vector<TableRule>> rules = to_table_rules(settings.tables);
  if (!rules.ok()) return rules.error();
  Result<TableMap> map = TableMap::make(rules.value());
  if (!map.ok()) return map.error();
  Result<SourceSurvey> source =
      SourceSurvey::open(settings.source.uri, settings.source.connect_timeout);
  if (!source.ok()) return source.error();
  Result<TargetSurvey> target =
      TargetSurvey::open({.uri = settings.target.uri,
                          .connect_timeout = settings.target.connect_timeout,
                          .statement_timeout = settings.target.statement_timeout,
                          .takes_turns = settings.ha.enabled});
  if (!target.ok()) return target.error();
  Planner planner(
      std::move(rules.value()), std::move(map.value()), limits, source.value(), target.value());
  if (Status asked = planner.ask_source(); !asked.ok()) return asked.error();
  if (Status asked = planner.ask_target(); !asked.ok()) return asked.error();
  return planner.take();
}

}  // namespace relay
