// The tutorial, done as it is written: its files, its commands and its queries, in order.
#include <gtest/gtest.h>

#include "docs/markdown.h"
#include "e2e/mongo_client.h"
#include "e2e/pg_session.h"
#include "support/mongo_server.h"
#include "support/postgres_server.h"
#include "support/process.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kBlockMax{100};

class TutorialTest : public testing::Test {
 protected:
  void follow(const Block& block) {
    if (block.language == "toml") {
      // "# shop.toml"
      const std::size_t end = block.text.find('\n');
      ASSERT_TRUE(block.text.starts_with("# ")) << block.place() << ": no name of a file";
      write_file(folder_.path() / block.text.substr(2, end - 2), block.text);
    } else if (block.language == "sh") {
      call({"bash", "-e", "-c", block.text}, block);
    } else if (block.language == "sql") {
      call({"psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", postgres_.uri(), "-c", block.text}, block);
    }
  }
  void call(std::vector<std::string> command, const Block& block) {
    const std::string folder = std::filesystem::path(RELAY_BINARY).parent_path();
    const Finished finished =
        run_to_end({.command = std::move(command),
                    .environment = {{"PATH", folder + ":/usr/local/bin:/usr/bin:/bin"},
                                    {"SOURCE", mongo_.uri()},
                                    {"TARGET", postgres_.uri()}},
                    .directory = folder_.path(),
                    .log = {},
                    .user = {}},
                   kBlockMax);
    EXPECT_EQ(finished.exit_code, 0) << block.place() << "\n"
                                     << finished.stdout_text << finished.stderr_text;
  }

  MongoServer mongo_;
  PostgresServer postgres_;
  TemporaryDirectory folder_;
};

TEST_F(TutorialTest, LeadsWhereItSays) {
  std::size_t count = 0;
  for (const Block& block : read_blocks("docs/tutorial.md")) {
    if (!block.not_run.empty()) continue;
    ++count;
    ASSERT_NO_FATAL_FAILURE(follow(block));
  }
  EXPECT_GE(count, 12U);
  PgSession target(postgres_.uri());
  const std::int64_t orders =
      MongoClient(mongo_.uri(), "shop").run(R"({"count": "orders"})").number("n");
  EXPECT_GT(orders, 0);
  EXPECT_EQ(target.cell("SELECT count(*) FROM sales.orders"), std::to_string(orders));
  EXPECT_EQ(target.cell("SELECT count(*) FROM sales.order_facts"), std::to_string(orders));
  EXPECT_EQ(target.cell("SELECT count(*) FROM sales.order_facts WHERE total IS NULL"), "0");
  EXPECT_EQ(target.cell("SELECT count(*) FROM sales.order_facts WHERE data #> '{customer,email}' "
                        "IS NOT NULL"),
            "0");
}

}  // namespace
}  // namespace relay
