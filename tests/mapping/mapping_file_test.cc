#include "mapping/mapping_file.h"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "mapping/check_rule.h"

namespace relay {
namespace {

using namespace std::string_literals;

std::string error_of(const std::string& text) {
  const Result<MappingFile> file = parse_mapping_file(text, "f.toml");
  return file.ok() ? "none" : file.error().message;
}

TEST(MappingFileTest, ReadsColumnsAndRest) {
  const Result<MappingFile> file = parse_mapping_file(
      "rest = \"more\"\n"
      "columns = [\n"
      "  { name = \"id\", path = \"_id\", type = \"text\", key = true },\n"
      "  { name = \"city\", path = \"address.city\", type = \"text\", default = \"n/a\" },\n"
      "  { name = \"total\", path = \"total\", type = \"numeric(18,2)\" },\n"
      "]\n",
      "f.toml");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file.value().rest, "more");
  const std::vector<ColumnMapping>& columns = file.value().columns;
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_TRUE(columns[0].is_key);
  EXPECT_EQ(columns[1].path, (FieldPath{"address", "city"}));
  EXPECT_EQ(columns[1].default_value, Literal("n/a"s));
  EXPECT_EQ(format_column_type(columns[2].type), "numeric(18,2)");
}

TEST(MappingFileTest, ColumnsMayBeTablesOfTheirOwn) {
  const Result<MappingFile> file = parse_mapping_file(
      "[[columns]]\nname = \"id\"\npath = \"_id\"\ntype = \"text\"\nkey = true\n", "f.toml");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file.value().rest, std::nullopt);
  EXPECT_TRUE(file.value().columns[0].is_key);
}

TEST(MappingFileTest, ErrorsNameTheirPlace) {
  EXPECT_EQ(error_of("columns = [\n  { name = \"a\", path = \"a\", type = \"txt\" } ]\n"),
            "f.toml:2:36: columns.type: \"txt\" is no column type");
  EXPECT_EQ(error_of("columns = [\n  { name = \"a\", path = \"a..b\", type = \"text\" } ]\n"),
            "f.toml:2:24: columns.path: has an empty name");
  EXPECT_EQ(error_of("columns = [ { name = 5, path = \"a\", type = \"text\" } ]\n"),
            "f.toml:1:22: columns.name: expected a string");
  EXPECT_EQ(error_of("columns = [ { path = \"a\", type = \"text\" } ]\n"),
            "f.toml:1:13: columns.name: is missing");
  EXPECT_EQ(error_of("columns = [ { name = \"a\", path = \"a\", type = \"text\", kee = true } ]\n"),
            "f.toml:1:60: columns: \"kee\" is no key of a column; there are name, path, type, key "
            "and default");
  EXPECT_EQ(error_of("reste = \"data\"\n"),
            "f.toml:1:9: \"reste\" is no key of a mapping file; there are columns and rest");
  EXPECT_EQ(error_of("columns = 5\n"), "f.toml:1:11: columns: expected a list of tables");
  EXPECT_EQ(error_of("columns = [5]\n"), "f.toml:1:12: columns: expected a table");
}

TEST(MappingFileTest, DefaultsAreTakenExactlyOrRefused) {
  const auto with_default = [](const std::string& value) {
    return "columns = [ { name = \"a\", path = \"a\", type = \"text\", default = " + value +
           " } ]\n";
  };
  for (const char* bad : {"9223372036854775808", "1e400", "2024-07-11T00:00:00", "[1]"})
    EXPECT_TRUE(error_of(with_default(bad)).starts_with("f.toml:1:64: columns.default: ")) << bad;
  for (const char* good : {"9223372036854775807", "-9223372036854775808", "inf", "nan", "true"})
    EXPECT_EQ(error_of(with_default(good)), "none") << good;
}

TEST(MappingFileTest, WhatIsNoTomlOrHoldsNothingIsRefused) {
  EXPECT_TRUE(error_of("columns = [\n").starts_with("f.toml:")) << error_of("columns = [\n");
  EXPECT_TRUE(error_of("= 5\n").starts_with("f.toml:1:")) << error_of("= 5\n");
  EXPECT_EQ(error_of("rest = \"data\"\n\0"s), "f.toml:2:1: not valid TOML: a NUL byte");
  EXPECT_NE(error_of("").find("columns: there is none"), std::string::npos);
  const Result<MappingFile> missing = read_mapping_file("/nonexistent/f.toml");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message,
            "read mapping file /nonexistent/f.toml: No such file or directory");
}

TEST(MappingFileTest, WhatIsWrittenReadsBack) {
  MappingFile file;
  file.rest = "";
  const auto time = std::chrono::sys_time<std::chrono::milliseconds>(
      std::chrono::milliseconds(1'720'739'862'907));
  const std::vector<std::optional<Literal>> defaults = {
      std::nullopt, true, std::int64_t{-5}, 0.1, 3.0, 1e30, "\"\\\n\x7F\xC3\xA4"s, time};
  for (const std::optional<Literal>& value : defaults) {
    file.columns.push_back({.name = "c\"" + std::to_string(file.columns.size()),
                            .path = {"a", "$b c"},
                            .type = {.name = TypeName::numeric, .precision = 5, .scale = 2},
                            .is_key = file.columns.empty(),
                            .default_value = value});
  }
  const Result<MappingFile> read = parse_mapping_file(format_mapping_file(file), "f.toml");
  ASSERT_TRUE(read.ok()) << read.error().message << "\n" << format_mapping_file(file);
  EXPECT_EQ(read.value().rest, "");
  ASSERT_EQ(read.value().columns.size(), file.columns.size());
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    EXPECT_EQ(read.value().columns[i].name, file.columns[i].name);
    EXPECT_EQ(read.value().columns[i].path, file.columns[i].path);
    EXPECT_EQ(read.value().columns[i].type, file.columns[i].type);
    EXPECT_EQ(read.value().columns[i].is_key, file.columns[i].is_key);
    EXPECT_EQ(read.value().columns[i].default_value, file.columns[i].default_value);
  }
}

TEST(MappingFileTest, TheExamplesAreSound) {
  std::size_t example_count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(RELAY_SOURCE_DIR) + "/schema")) {
    ++example_count;
    const Result<MappingFile> file = read_mapping_file(entry.path().string());
    ASSERT_TRUE(file.ok()) << file.error().message;
    TableRule rule{.from = "a.b", .columns = file.value().columns};
    rule.rest = file.value().rest.value_or(rule.rest);
    EXPECT_EQ(explain_rule(rule), "") << entry.path();
  }
  EXPECT_GE(example_count, 2U);
}

}  // namespace
}  // namespace relay
