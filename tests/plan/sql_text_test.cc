// Golden: these texts are what runs on people's databases; a change here is a change for them.
#include "plan/sql_text.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TableMapping mirror(std::string schema = "sales", std::string table = "or\"ders") {
  return {.from = {"shop", "orders"}, .to = {std::move(schema), std::move(table)}};
}

// The columns of docs/configuration.md, and one of every other kind.
TableMapping typed() {
  TableMapping mapping = mirror("sales", "orders");
  mapping.columns = {
      {.name = "total",
       .path = {"total"},
       .type = {.name = TypeName::numeric, .precision = 18, .scale = 2}},
      {.name = "id", .path = {"_id"}, .type = {.name = TypeName::bigint}, .is_key = true},
      {.name = "at", .path = {"at"}, .type = {.name = TypeName::timestamp}},
      {.name = "tags", .path = {"tags"}, .type = {.name = TypeName::text, .is_array = true}},
      {.name = "size", .path = {"size"}, .type = {.name = TypeName::json}},
  };
  return mapping;
}

TableStatements statements(const TableMapping& mapping) {
  Result<TableStatements> made = make_statements(mapping);
  EXPECT_TRUE(made.ok());
  return made.ok() ? made.value() : TableStatements{};
}

TEST(SqlTextTest, StatementsOfAMirrorWithoutColumns) {
  const TableStatements made = statements(mirror());
  EXPECT_EQ(made.create_schema, R"(CREATE SCHEMA IF NOT EXISTS "sales")");
  EXPECT_EQ(made.create_table,
            R"(CREATE TABLE IF NOT EXISTS "sales"."or""ders" )"
            R"(("oid" text PRIMARY KEY, "data" jsonb NOT NULL))");
  EXPECT_EQ(made.add_columns, "");
  EXPECT_EQ(made.upsert,
            R"(INSERT INTO "sales"."or""ders" ("oid", "data") )"
            R"(SELECT unnest($1::text[]), unnest($2::text[])::jsonb )"
            R"(ON CONFLICT ("oid") DO UPDATE SET "data" = EXCLUDED."data")");
  EXPECT_EQ(made.copy, R"(COPY "sales"."or""ders" ("oid", "data") FROM STDIN (FORMAT binary))");
  EXPECT_EQ(made.removal, R"(DELETE FROM "sales"."or""ders" WHERE "oid" = ANY($1::text[]))");
  EXPECT_FALSE(made.is_removal_planned_anew);
  EXPECT_EQ(made.remove_all, R"(DELETE FROM "sales"."or""ders")");
  EXPECT_EQ(
      made.first_keys,
      R"(SELECT live."oid"::text FROM "sales"."or""ders" AS live ORDER BY live."oid" LIMIT $1::bigint)");
  EXPECT_EQ(made.next_keys,
            R"(SELECT live."oid"::text FROM "sales"."or""ders" AS live )"
            R"(WHERE live."oid" > $1::text::text ORDER BY live."oid" LIMIT $2::bigint)");
}

TEST(SqlTextTest, StatementsOfAMirrorWithColumns) {
  const TableStatements made = statements(typed());
  EXPECT_EQ(made.create_table,
            R"(CREATE TABLE IF NOT EXISTS "sales"."orders" ("id" bigint PRIMARY KEY, )"
            R"("total" numeric(18,2), "at" timestamp with time zone, "tags" text[], )"
            R"("size" jsonb, "data" jsonb NOT NULL))");
  EXPECT_EQ(made.add_columns,
            R"(ALTER TABLE "sales"."orders" ADD COLUMN IF NOT EXISTS "total" numeric(18,2), )"
            R"(ADD COLUMN IF NOT EXISTS "at" timestamp with time zone, )"
            R"(ADD COLUMN IF NOT EXISTS "tags" text[], ADD COLUMN IF NOT EXISTS "size" jsonb)");
  EXPECT_EQ(made.upsert,
            R"(INSERT INTO "sales"."orders" ("id", "total", "at", "tags", "size", "data") )"
            R"(SELECT unnest($1::bigint[]), unnest($2::numeric[]), )"
            R"(unnest($3::timestamp with time zone[]), unnest($4::text[])::text[], )"
            R"(unnest($5::text[])::jsonb, unnest($6::text[])::jsonb )"
            R"(ON CONFLICT ("id") DO UPDATE SET "total" = EXCLUDED."total", "at" = EXCLUDED."at", )"
            R"("tags" = EXCLUDED."tags", "size" = EXCLUDED."size", "data" = EXCLUDED."data")");
  EXPECT_EQ(made.copy, "") << "an array travels as text";
  EXPECT_EQ(made.removal, R"(DELETE FROM "sales"."orders" WHERE "id" = ANY($1::bigint[]))");
  EXPECT_EQ(made.next_keys,
            R"(SELECT live."id"::text FROM "sales"."orders" AS live )"
            R"(WHERE live."id" > $1::text::bigint ORDER BY live."id" LIMIT $2::bigint)");
}

TEST(SqlTextTest, RowsThatAreMarkedStayAndComeBack) {
  TableMapping mapping = typed();
  mapping.columns.resize(2);
  mapping.rest = "";
  mapping.on_delete = OnDelete::mark;
  const TableStatements made = statements(mapping);
  EXPECT_EQ(made.create_table,
            R"(CREATE TABLE IF NOT EXISTS "sales"."orders" ("id" bigint PRIMARY KEY, )"
            R"("total" numeric(18,2), "deleted_at" timestamp with time zone))");
  EXPECT_EQ(made.add_columns,
            R"(ALTER TABLE "sales"."orders" ADD COLUMN IF NOT EXISTS "total" numeric(18,2))");
  EXPECT_EQ(made.upsert,
            R"(INSERT INTO "sales"."orders" ("id", "total", "deleted_at") )"
            R"(SELECT unnest($1::bigint[]), unnest($2::numeric[]), )"
            R"(unnest($3::timestamp with time zone[]) ON CONFLICT ("id") DO UPDATE SET )"
            R"("total" = EXCLUDED."total", "deleted_at" = EXCLUDED."deleted_at")");
  EXPECT_EQ(made.copy,
            R"(COPY "sales"."orders" ("id", "total", "deleted_at") FROM STDIN (FORMAT binary))");
  EXPECT_EQ(made.removal,
            R"(UPDATE "sales"."orders" AS old SET "deleted_at" = gone.at )"
            R"(FROM unnest($1::bigint[], $2::timestamp with time zone[]) AS gone (key, at) )"
            R"(WHERE old."id" = gone.key AND old."deleted_at" IS NULL)");
  EXPECT_TRUE(made.is_removal_planned_anew);
  EXPECT_EQ(made.remove_all,
            R"(UPDATE "sales"."orders" SET "deleted_at" = to_timestamp($1::bigint) )"
            R"(WHERE "deleted_at" IS NULL)");
  EXPECT_EQ(made.first_keys,
            R"(SELECT live."id"::text FROM "sales"."orders" AS live )"
            R"(WHERE live."deleted_at" IS NULL ORDER BY live."id" LIMIT $1::bigint)");
  EXPECT_EQ(made.next_keys,
            R"(SELECT live."id"::text FROM "sales"."orders" AS live )"
            R"(WHERE live."id" > $1::text::bigint AND live."deleted_at" IS NULL )"
            R"(ORDER BY live."id" LIMIT $2::bigint)");
  EXPECT_EQ(removal_element_oids(mapping), (std::vector<std::uint32_t>{20, 1184}));
}

TEST(SqlTextTest, StatementsOfAnAppendTable) {
  TableMapping mapping = mirror("sales", "order_log");
  mapping.mode = MappingMode::append;
  mapping.on_delete = OnDelete::mark;  // Means nothing here.
  const TableStatements made = statements(mapping);
  EXPECT_EQ(made.create_table,
            R"(CREATE TABLE IF NOT EXISTS "sales"."order_log" ("position" text PRIMARY KEY, )"
            R"("cluster_time" timestamp with time zone, "wall_time" timestamp with time zone, )"
            R"("operation" text, "namespace" text, "document_key" jsonb, "document" jsonb, )"
            R"("change" jsonb))");
  EXPECT_TRUE(made.upsert.ends_with(
      R"("change" = EXCLUDED."change" WHERE EXCLUDED."operation" = 'snapshot')"))
      << made.upsert;
  EXPECT_EQ(made.removal, R"(DELETE FROM "sales"."order_log" WHERE "position" = ANY($1::text[]))");
  EXPECT_EQ(removal_element_oids(mapping), (std::vector<std::uint32_t>{kTextOid}));
}

TEST(SqlTextTest, AKeyAloneIsWrittenOnce) {
  TableMapping mapping = mirror("sales", "ids");
  mapping.columns = {
      {.name = "id", .path = {"_id"}, .type = {.name = TypeName::json}, .is_key = true}};
  mapping.rest = "";
  const TableStatements made = statements(mapping);
  EXPECT_EQ(made.upsert,
            R"(INSERT INTO "sales"."ids" ("id") SELECT unnest($1::text[])::jsonb )"
            R"(ON CONFLICT ("id") DO NOTHING)");
  EXPECT_EQ(made.removal, R"(DELETE FROM "sales"."ids" WHERE "id" = ANY($1::text[]::jsonb[]))");
  EXPECT_EQ(made.add_columns, "");
}

TEST(SqlTextTest, ABadNameAnywhereIsRefused) {
  EXPECT_FALSE(make_statements(mirror("", "orders")).ok());
  EXPECT_FALSE(make_statements(mirror("sales", std::string(64, 'x'))).ok());
  TableMapping mapping = typed();
  mapping.columns[3].name = "";
  EXPECT_FALSE(make_statements(mapping).ok());
}

// No _id is one, and PostgreSQL has no array of arrays to look several up with.
TEST(SqlTextTest, AnArrayIsNoKey) {
  TableMapping mapping = typed();
  mapping.columns[1].type.is_array = true;
  const Result<TableStatements> made = make_statements(mapping);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::config_invalid);
}

TEST(SqlTextTest, EveryColumnOfTheStatementsHasAnElementType) {
  EXPECT_EQ(upsert_element_oids(mirror()), (std::vector<std::uint32_t>{kTextOid, kTextOid}));
  EXPECT_EQ(upsert_element_oids(typed()),
            (std::vector<std::uint32_t>{20, 1700, 1184, kTextOid, kTextOid, kTextOid}));
  EXPECT_EQ(removal_element_oids(mirror()), (std::vector<std::uint32_t>{kTextOid}));
}

TEST(SqlTextTest, ColumnsAreDefinedAsPostgresqlNamesTheirTypes) {
  std::string text;
  for (const ColumnDefinition& column : column_definitions(typed())) {
    text += column.name + " " + column.type + (column.is_key ? " key" : "") +
            (column.is_nullable ? "" : " not null") + "; ";
  }
  EXPECT_EQ(text,
            "id bigint key not null; total numeric(18,2); at timestamp with time zone; tags "
            "text[]; size jsonb; data jsonb not null; ");
}

}  // namespace
}  // namespace relay
