#include "verify/row_statement.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(RowStatementTest, ReadsTheDocumentAsText) {
  const TableMapping mapping{.to = {"sales", "orders"}};
  EXPECT_EQ(read_rows_statement(mapping).value(),
            R"(SELECT "oid", "data"::text FROM "sales"."orders")");
}

TEST(RowStatementTest, ReadsTypedColumnsAsTheyAreAndNoMarkedRows) {
  const TableMapping mapping{
      .to = {"sales", "or\"ders"},
      .columns = {{.name = "id", .path = {"_id"}, .is_key = true},
                  {.name = "Total", .path = {"t"}, .type = {.name = TypeName::numeric}},
                  {.name = "tags",
                   .path = {"tags"},
                   .type = {.name = TypeName::bigint, .is_array = true}}},
      .on_delete = OnDelete::mark};
  EXPECT_EQ(read_rows_statement(mapping).value(),
            R"(SELECT "id", "Total", "tags"::text, "data"::text FROM "sales"."or""ders" )"
            R"(WHERE "deleted_at" IS NULL)");
}

TEST(RowStatementTest, KeysAreReadAsTextBesideAndRowsByKey) {
  const TableMapping mapping{.to = {"sales", "orders"},
                             .columns = {{.name = "id",
                                          .path = {"_id"},
                                          .type = {.name = TypeName::uuid},
                                          .is_key = true}},
                             .on_delete = OnDelete::mark};
  EXPECT_EQ(scan_rows_statements(mapping, TargetKind::postgresql).value().first,
            R"(SELECT "id", "data"::text, "id"::text FROM "sales"."orders" )"
            R"(WHERE "deleted_at" IS NULL)");
  EXPECT_EQ(read_rows_by_key_statement(mapping, TargetKind::postgresql).value(),
            R"(SELECT "id", "data"::text FROM "sales"."orders" )"
            R"(WHERE "id" = ANY($1::uuid[]) AND "deleted_at" IS NULL)");
}

TEST(RowStatementTest, ANameThatCannotBeQuotedIsRefused) {
  EXPECT_EQ(read_rows_statement({.to = {"sales", ""}}).error().kind, ErrorKind::config_invalid);
  const TableMapping column{.to = {"sales", "orders"}, .rest = std::string(64, 'a')};
  EXPECT_EQ(read_rows_statement(column).error().kind, ErrorKind::config_invalid);
}

}  // namespace
}  // namespace relay
