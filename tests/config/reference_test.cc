#include "config/reference.h"

#include "config/fields.h"
#include "load_fixture.h"

namespace relay {
namespace {

class ReferenceTest : public LoadFixture {};

TEST_F(ReferenceTest, EverySettingIsDocumented) {
  const std::string markdown = render_reference_markdown();
  const std::string toml = render_reference_toml();
  for (const Field<Settings>& field : setting_fields()) {
    const std::string key(field.info.key);
    EXPECT_NE(markdown.find("\n## [" + std::string(field.info.section) + "]\n"), std::string::npos);
    EXPECT_NE(markdown.find("| `" + key + "` |"), std::string::npos) << key;
    EXPECT_NE(markdown.find("`" + format_environment_name(field.info) + "`"), std::string::npos);
    EXPECT_NE(markdown.find(std::string(field.info.help)), std::string::npos) << key;
    EXPECT_NE(toml.find("\n# " + std::string(field.info.help) + "\n"), std::string::npos) << key;
  }
  for (const Field<TableSettings>& field : table_fields()) {
    EXPECT_NE(markdown.find("| `" + std::string(field.info.key) + "` |"), std::string::npos);
  }
}

TEST_F(ReferenceTest, TheExampleIsEnoughToReplicate) {
  set_file(render_reference_toml());
  request.purpose = Purpose::replicate;
  const Settings settings = load();
  EXPECT_EQ(settings.source.uri.reveal(), "mongodb://localhost:27017/?replicaSet=rs0");
  EXPECT_EQ(settings.target.batch_rows, Settings().target.batch_rows);
  ASSERT_EQ(settings.tables.size(), 1U);
  EXPECT_EQ(settings.tables[0].from, "shop.orders");
}

// Taking the comment sign away must give a file that loads, else the comments teach something
// wrong.
TEST_F(ReferenceTest, EveryCommentedSettingIsValid) {
  std::string text = render_reference_toml();
  for (std::size_t at = text.find("\n# "); at != std::string::npos;
       at = text.find("\n# ", at + 1)) {
    const std::string_view line = std::string_view(text).substr(at + 3);
    const std::size_t end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    const bool is_setting =
        end != 0 && end != std::string_view::npos && line.substr(end).starts_with(" = ");
    // Columns and a schema file exclude each other.
    if (is_setting && !line.starts_with("schema_file")) text.erase(at + 1, 2);
  }
  EXPECT_EQ(complaint_about(text), "");
  EXPECT_EQ(load().tables[0].columns.size(), 1U);
  EXPECT_EQ(load().tables[0].to, "sales.orders");
}

TEST_F(ReferenceTest, EveryTomlBlockOfThePageLoads) {
  const std::string markdown = render_reference_markdown();
  int block_count = 0;
  for (std::size_t at = markdown.find("```toml\n"); at != std::string::npos;
       at = markdown.find("```toml\n", at + 1)) {
    const std::size_t begin = at + 8;
    EXPECT_EQ(complaint_about(markdown.substr(begin, markdown.find("```", begin) - begin)), "");
    ++block_count;
  }
  EXPECT_EQ(block_count, 1);
}

}  // namespace
}  // namespace relay
