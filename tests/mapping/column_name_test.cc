#include "mapping/column_name.h"

#include <gtest/gtest.h>

#include "mapping/table_name.h"

namespace relay {
namespace {

TableMapping mapping() {
  TableMapping mapping;
  mapping.columns = {{.name = "id", .path = {"_id"}, .is_key = true}};
  return mapping;
}

TEST(ColumnNameTest, AFieldGivesItsNameToItsColumn) {
  EXPECT_EQ(name_new_column(mapping(), {}, "city"), "city");
  EXPECT_EQ(name_new_column(mapping(), {}, "a \"b\".$c"), "a \"b\".$c");
  EXPECT_EQ(name_new_column(mapping(), {}, ""), "");
  EXPECT_EQ(name_new_column(mapping(), {}, "\xFF"), "");
}

TEST(ColumnNameTest, TakenNamesGetTheHashOfTheField) {
  for (const char* taken : {"id", "data", "deleted_at", "ctid", "xmin"}) {
    const std::string name = name_new_column(mapping(), {}, taken);
    EXPECT_EQ(name, add_name_hash(taken));
    EXPECT_TRUE(name.starts_with(std::string(taken) + "_"));
  }
  const std::vector<ColumnMapping> others = {{.name = "city"}};
  EXPECT_EQ(name_new_column(mapping(), others, "city"), add_name_hash("city"));
  const std::vector<ColumnMapping> both = {{.name = "city"}, {.name = add_name_hash("city")}};
  EXPECT_EQ(name_new_column(mapping(), both, "city"), "");
}

TEST(ColumnNameTest, AColumnThatIsThereIsTakenWhenItsTypeIsOneOfOurs) {
  TableMapping grown = mapping();
  grown.spare = {{"city", ColumnType{.name = TypeName::bigint}}, {"total", std::nullopt}};
  EXPECT_EQ(name_new_column(grown, {}, "city"), "city");
  EXPECT_EQ(name_new_column(grown, {}, "total"), add_name_hash("total"));
}

TEST(ColumnNameTest, LongNamesAreCutAndStayApart) {
  const std::string stem(70, 'x');
  const std::string first = name_new_column(mapping(), {}, stem + "1");
  const std::string second = name_new_column(mapping(), {}, stem + "2");
  EXPECT_EQ(first.size(), kNameBytesMax);
  EXPECT_NE(first, second);
}

TEST(ColumnNameTest, OnCratedbAColumnHasANameThatItTakes) {
  const auto on_crate = [](std::string_view field) {
    return name_new_column(mapping(), {}, field, TargetKind::cratedb);
  };
  EXPECT_EQ(on_crate("it's a $city"), "it's a $city");
  for (const char* refused : {"a.b", "a[1]", "say \"hi\"", "tab\t", "line\n"})
    EXPECT_EQ(on_crate(refused), "") << refused;
  // There already, for relay or for CrateDB itself.
  for (const char* taken : {"overflow", "_id", "_version", "data"})
    EXPECT_EQ(on_crate(taken), add_name_hash(taken));
  TableMapping without_rest = mapping();
  without_rest.rest = "";
  EXPECT_EQ(name_new_column(without_rest, {}, "overflow", TargetKind::cratedb), "overflow");
}

}  // namespace
}  // namespace relay
