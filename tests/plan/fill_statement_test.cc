#include "plan/fill_statement.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TableMapping mapping() {
  TableMapping mapping;
  mapping.to = {"sales", "or\"ders"};
  return mapping;
}

ColumnMapping column(TypeName type) {
  return {.name = "c\"1", .path = {"it's"}, .type = {.name = type}};
}

TEST(FillStatementTest, NamesAreQuotedAsNamesAndAsTexts) {
  EXPECT_EQ(fill_statement(mapping(), column(TypeName::text)),
            R"(UPDATE "sales"."or""ders" SET "c""1" = ("data"->>'it''s'), )"
            R"("data" = "data" - 'it''s' WHERE "c""1" IS NULL AND )"
            R"(jsonb_typeof(("data"->'it''s')) = 'string')");
}

TEST(FillStatementTest, EveryTypeThatAFieldMayGetIsFilled) {
  for (const JsonForm json : {JsonForm::plain, JsonForm::extended}) {
    TableMapping table = mapping();
    table.json = json;
    for (const TypeName type : {TypeName::text,
                                TypeName::boolean,
                                TypeName::bigint,
                                TypeName::double_precision,
                                TypeName::timestamp,
                                TypeName::json})
      EXPECT_NE(fill_statement(table, column(type)), "");
  }
}

TEST(FillStatementTest, WithoutAJsonColumnThereIsNothingToFillFrom) {
  TableMapping table = mapping();
  table.rest = "";
  EXPECT_EQ(fill_statement(table, column(TypeName::text)), "");
}

}  // namespace
}  // namespace relay
