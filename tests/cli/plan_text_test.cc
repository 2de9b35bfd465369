#include "cli/plan_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/golden.h"

namespace relay {
namespace {

PlanReport make_report() {
  PlanReport report;
  report.source_host = "db1:27017";
  report.source_version = "6.0.5";
  report.source_set = "rs0";
  report.target_version = "15.8";
  report.target_database = "warehouse";
  report.target_role = "relay";
  report.oplog_window = std::chrono::seconds(7'500);
  report.is_oplog_full = true;
  report.snapshot_estimate = std::chrono::seconds(40);
  report.bookkeeping = {"-- For people.\nCREATE SCHEMA IF NOT EXISTS relay"};
  PlannedTable& table = report.tables.emplace_back();
  table.from = {"shop", "orders"};
  table.to = {"sales", "orders"};
  table.has_collection = true;
  table.documents = 52'341;
  table.bytes = 120U << 20U;
  table.sample.documents = 1'100;
  table.sample.fields = {{.path = {"_id"}, .kinds = {{"objectId", 1'100}}, .type = ColumnType{}},
                         {.path = {"total"},
                          .kinds = {{"int", 10}, {"string", 990}},
                          .type = ColumnType{.name = TypeName::json},
                          .is_conflict = true},
                         {.path = {"tags"},
                          .kinds = {{"array", 7}},
                          .elements = {{"string", 9}},
                          .type = ColumnType{.is_array = true}},
                         {.path = {"address"},
                          .kinds = {{"object", 5}},
                          .type = ColumnType{.name = TypeName::json},
                          .is_opened = true},
                         {.path = {"address", "none"}, .kinds = {{"null", 5}}}};
  table.statements = {R"(CREATE TABLE "sales"."orders" ("oid" text))"};
  table.schema_file = "schema/orders.toml";
  report.tables.emplace_back().mode = MappingMode::append;
  report.findings = {{Severity::blocker, "target", "role relay may not", "GRANT CREATE"},
                     {Severity::warning, "sales.orders", "several types", ""},
                     {Severity::note, "source", "not known", ""}};
  return report;
}

TEST(PlanTextTest, ShowsWhatWouldBeDoneAndWhatIsInTheWay) {
  const std::string text = render_plan_text(make_report());
  EXPECT_EQ(golden_text("tests/cli/golden/plan.txt", text), text)
      << "look at the difference, then RELAY_UPDATE_GOLDEN=1";
}

// A young server reaches back a few seconds, which is no reason to worry.
TEST(PlanTextTest, AnOplogThatStillGrowsIsSaidSo) {
  PlanReport report = make_report();
  report.is_oplog_full = false;
  EXPECT_NE(render_plan_text(report).find("the oplog reaches back 2 h 5 min and still grows\n"),
            std::string::npos);
}

TEST(PlanTextTest, TheEndSaysHowItStands) {
  EXPECT_EQ(count_findings(make_report()), "1 blocker, 1 warning");
  EXPECT_EQ(count_findings({}), "nothing is in the way");
  PlanReport two;
  two.findings = {{.severity = Severity::blocker}, {.severity = Severity::blocker}};
  EXPECT_EQ(count_findings(two), "2 blockers");
}

TEST(PlanTextTest, AThousandFieldsAreNotListed) {
  PlanReport report;
  PlannedTable& table = report.tables.emplace_back();
  for (int i = 0; i < 100; ++i)
    table.sample.fields.push_back({.path = {"field" + std::to_string(i)}});
  EXPECT_NE(render_plan_text(report).find("  and 40 more; --json has all\n"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(render_plan_json(report)).at("tables").at(0).at("fields").size(),
            100U);
}

TEST(PlanTextTest, NamesSteerNoTerminal) {
  PlanReport report = make_report();
  report.tables[0].sample.fields[0].path = {"\x1b[2J"};
  report.findings[0].text = "\x1b[2J";
  report.tables[0].statements = {"CREATE TABLE \"\x1b[2J\""};
  EXPECT_EQ(render_plan_text(report).find('\x1b'), std::string::npos);
}

TEST(PlanJsonTest, HasEverything) {
  const auto json = nlohmann::json::parse(render_plan_json(make_report()));
  EXPECT_EQ(json.at("is_ready"), false);
  EXPECT_EQ(json.at("source").at("replica_set"), "rs0");
  EXPECT_EQ(json.at("source").at("oplog_window_seconds"), 7'500);
  EXPECT_EQ(json.at("snapshot_seconds_estimated"), 40);
  EXPECT_EQ(json.at("target").at("statements").size(), 1U);
  const auto& table = json.at("tables").at(0);
  EXPECT_EQ(table.at("from"), "shop.orders");
  EXPECT_EQ(table.at("sampled"), 1'100);
  EXPECT_EQ(table.at("fields").at(1).at("types").at("string"), 990);
  EXPECT_EQ(table.at("fields").at(1).at("conflict"), true);
  EXPECT_EQ(table.at("fields").at(1).at("column"), "json");
  EXPECT_TRUE(table.at("fields").at(4).at("column").is_null());
  EXPECT_EQ(json.at("findings").at(0).at("severity"), "blocker");
  EXPECT_EQ(json.at("findings").at(0).at("try"), "GRANT CREATE");
  EXPECT_EQ(json.at("source").at("oplog_is_full"), true);
  PlanReport unknown;
  EXPECT_TRUE(nlohmann::json::parse(render_plan_json(unknown))
                  .at("source")
                  .at("oplog_window_seconds")
                  .is_null());
}

TEST(PlanJsonTest, NamesMayBeAnyBytes) {
  PlanReport report = make_report();
  report.tables[0].sample.fields[0].path = {"a\xff"};
  EXPECT_NO_THROW(nlohmann::json::parse(render_plan_json(report)));
}

}  // namespace
}  // namespace relay
