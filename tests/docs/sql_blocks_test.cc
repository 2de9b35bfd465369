// Every SQL block of the documentation runs on PostgreSQL, page by page, each in a database of its
// own that is called `warehouse`, as in the text.
#include <gtest/gtest.h>

#include "docs/markdown.h"
#include "support/postgres_server.h"
#include "support/process.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kRunMax{60};
// Begins before anything is there, as the text says.
constexpr std::string_view kFreshPage = "docs/targets.md";
// Has a test of its own.
constexpr std::string_view kTutorial = "docs/tutorial.md";

Finished psql(const std::string& uri, const std::string& sql) {
  return run_to_end({.command = {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", uri, "-c", sql},
                     .environment = {},
                     .directory = {},
                     .log = {},
                     .user = {}},
                    kRunMax);
}

std::string prepared_database() {
  std::string sql = "CREATE SCHEMA sales;";
  for (const char* name :
       {"create_schema", "create_checkpoint", "create_snapshot", "create_dead_letter"})
    sql += read_file(source_root() / "sql/postgres" / (std::string(name) + ".sql")) + ";";
  return sql + "CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT NULL)";
}

TEST(SqlBlocksTest, EachRuns) {
  const PostgresServer server;
  const std::string uri = server.uri().substr(0, server.uri().rfind('/') + 1) + "warehouse";
  std::size_t count = 0;
  for (const std::string& page : list_pages()) {
    if (page == kTutorial) continue;
    std::vector<Block> blocks;
    for (Block& block : read_blocks(page))
      if (block.language == "sql" && block.not_run.empty()) blocks.push_back(std::move(block));
    if (blocks.empty()) continue;
    ASSERT_EQ(psql(server.uri(), "DROP DATABASE IF EXISTS warehouse").exit_code, 0);
    ASSERT_EQ(psql(server.uri(), "CREATE DATABASE warehouse").exit_code, 0);
    const Finished prepared =
        psql(uri, page == kFreshPage ? "CREATE SCHEMA sales" : prepared_database());
    ASSERT_EQ(prepared.exit_code, 0) << prepared.stderr_text;
    for (const Block& block : blocks) {
      ++count;
      const Finished run = psql(uri, block.text);
      EXPECT_EQ(run.exit_code, 0) << block.place() << "\n" << run.stderr_text;
    }
  }
  EXPECT_GE(count, 5U);
}

}  // namespace
}  // namespace relay
