#include "cli/schema_files.h"

#include <gtest/gtest.h>

#include "mapping/mapping_file.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

PlannedTable make_table(const TableName& to) {
  PlannedTable table;
  table.from = {"shop", to.table};
  table.to = to;
  table.sample.fields = {{.path = {"_id"}, .kinds = {{"string", 1}}, .type = ColumnType{}}};
  return table;
}

TEST(SchemaFilesTest, EachTableGetsAFileThatIsReadBack) {
  const TemporaryDirectory directory;
  const std::string schema = directory.path() / "a" / "schema";
  PlanReport report;
  report.tables = {make_table({"sales", "orders"}), make_table({"sales", "users"})};
  ASSERT_TRUE(write_schema_files(schema, report).ok());
  EXPECT_EQ(report.tables[0].schema_file, schema + "/orders.toml");
  for (const PlannedTable& table : report.tables)
    EXPECT_TRUE(read_mapping_file(table.schema_file).ok()) << table.schema_file;
}

TEST(SchemaFilesTest, TablesOfOneNameAreToldApart) {
  const TemporaryDirectory directory;
  PlanReport report;
  report.tables = {make_table({"sales", "orders"}), make_table({"archive", "orders"})};
  ASSERT_TRUE(write_schema_files(directory.path(), report).ok());
  EXPECT_TRUE(report.tables[0].schema_file.ends_with("/sales.orders.toml"));
  EXPECT_TRUE(report.tables[1].schema_file.ends_with("/archive.orders.toml"));
}

// Somebody may have mended it by hand.
TEST(SchemaFilesTest, AFileThatIsThereIsKept) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "users.toml", "mine");
  PlanReport report;
  report.tables = {make_table({"sales", "orders"}), make_table({"sales", "users"})};
  const Status written = write_schema_files(directory.path(), report);
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message.find("users.toml: it is there already"), std::string::npos);
  EXPECT_EQ(read_file(directory.path() / "users.toml"), "mine");
  EXPECT_EQ(read_file(directory.path() / "orders.toml"), "") << "all of them or none";
  for (const PlannedTable& table : report.tables)
    EXPECT_EQ(table.schema_file, "") << "nothing was written";
}

TEST(SchemaFilesTest, LogsOfEventsAndEmptySamplesGetNone) {
  const TemporaryDirectory directory;
  PlanReport report;
  report.tables = {make_table({"log", "orders"}), {}};
  report.tables[0].mode = MappingMode::append;
  ASSERT_TRUE(write_schema_files(directory.path(), report).ok());
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(SchemaFilesTest, AFolderThatCannotBeMadeIsSaid) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "file", "");
  PlanReport report;
  report.tables = {make_table({"sales", "orders"})};
  const Status written = write_schema_files(directory.path() / "file" / "schema", report);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind, ErrorKind::config_invalid);
}

}  // namespace
}  // namespace relay
