#include "crate_double/statement.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(StatementTest, AnUnnestIsTakenApart) {
  const Statement statement = parse_statement(
      R"(INSERT INTO "s"."t" ("oid", "a,b") (SELECT * FROM UNNEST($1::text[], $2::text[])) )"
      R"(ON CONFLICT ("oid") DO UPDATE SET "a,b" = excluded."a,b" RETURNING "oid")");
  EXPECT_EQ(statement.kind, Statement::Kind::unnest);
  EXPECT_EQ(statement.table, R"("s"."t")");
  EXPECT_EQ(statement.columns, (std::vector<std::string>{"oid", "a,b"}));
  EXPECT_TRUE(statement.on_conflict.starts_with("ON CONFLICT"));
}

TEST(StatementTest, OnlyEqualitiesWithParametersAreTerms) {
  EXPECT_EQ(parse_statement("DELETE FROM t WHERE id = $1").where, (std::vector<std::string>{"id"}));
  EXPECT_EQ(parse_statement("DELETE FROM t WHERE id = $1 AND a < $2").where,
            (std::vector<std::string>{"id", "?"}));
  EXPECT_EQ(parse_statement("DELETE FROM t WHERE id = ANY($1)").where,
            (std::vector<std::string>{"?"}));
}

TEST(StatementTest, AFieldOfATimeIsNoTable) {
  EXPECT_EQ(parse_statement("SELECT extract(epoch FROM a) FROM s.t WHERE id = $1").table, "s.t");
}

TEST(StatementTest, WhatIsNotInTheGrammarIsUnsupported) {
  for (const char* sql : {"ROLLBACK", "SAVEPOINT a", "TRUNCATE t", "COPY t FROM STDIN", "LISTEN a"})
    EXPECT_EQ(parse_statement(sql).kind, Statement::Kind::unsupported) << sql;
}

}  // namespace
}  // namespace relay
