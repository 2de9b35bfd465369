#include "mapping/table_shape.h"

#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

std::string names_of(const TableMapping& mapping) {
  std::string names;
  for (const ShapeColumn& column : shape_of(mapping))
    names += (names.empty() ? "" : " ") + column.name;
  return names;
}

TEST(TableShapeTest, AMappingWithoutColumnsIsKeyAndData) {
  EXPECT_EQ(names_of({}), "oid data");
  EXPECT_EQ(names_of({.on_delete = OnDelete::mark}), "oid data deleted_at");
}

TEST(TableShapeTest, TheKeyComesFirstAndTheRestLast) {
  TableMapping mapping;
  mapping.columns = {{.name = "city", .path = {"address", "city"}},
                     {.name = "id", .path = {"_id"}, .is_key = true}};
  EXPECT_EQ(names_of(mapping), "id city data");
  EXPECT_EQ(shape_of(mapping)[0].mapped, 1);
  EXPECT_FALSE(shape_of(mapping)[0].is_nullable);
  mapping.rest = "";
  EXPECT_EQ(names_of(mapping), "id city");
}

TEST(TableShapeTest, AnAppendTableHasTheColumnsOfEvents) {
  EXPECT_EQ(names_of({.mode = MappingMode::append}),
            "position cluster_time wall_time operation namespace document_key document change");
}

}  // namespace
}  // namespace relay
