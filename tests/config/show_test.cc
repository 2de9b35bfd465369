#include "config/show.h"

#include "load_fixture.h"

namespace relay {
namespace {

class ShowTest : public LoadFixture {
 protected:
  std::string show() {
    const Result<LoadedSettings> loaded = load_settings_with_origins(request);
    if (loaded.ok()) return render_settings(loaded.value());
    ADD_FAILURE() << loaded.error().message;
    return "";
  }
};

TEST_F(ShowTest, SecretsAreHidden) {
  request.sets = {"source.uri=mongodb://u:s3cret@h/?replicaSet=rs0",
                  "target.uri=postgresql://h/db?password=s3cret",
                  "http.token=s3cret"};
  const std::string text = show();
  EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
  EXPECT_NE(text.find("uri = \"mongodb://u:***@h/?replicaSet=rs0\"  # --set\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("token = \"***\""), std::string::npos);
}

TEST_F(ShowTest, EveryValueSaysWhereItCameFrom) {
  set_file("[state]\npath = \"a.db\"\n[[table]]\nfrom = \"a.b\"\n");
  environment["RELAY_TARGET_BATCH_ROWS"] = "7";
  request.flags = {{"--log-level", "debug"}};
  const std::string text = show();
  const auto has_line = [&](const std::string& key, const std::string& origin) {
    const std::size_t begin = text.find("\n" + key);
    if (begin == std::string::npos) return false;
    return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1).ends_with("# " + origin);
  };
  EXPECT_TRUE(has_line("await = \"500ms\"", "default")) << text;
  EXPECT_TRUE(has_line("path = \"a.db\"", "file " + request.file->string() + ":2:8")) << text;
  EXPECT_TRUE(has_line("batch_rows = 7", "environment RELAY_TARGET_BATCH_ROWS")) << text;
  EXPECT_TRUE(has_line("level = \"debug\"", "flag --log-level")) << text;
  EXPECT_NE(text.find("# Tables: file "), std::string::npos) << text;
}

// What is shown is a file that means the same, apart from what had to be hidden.
TEST_F(ShowTest, WhatIsShownLoadsAgain) {
  set_file(R"([state]
path = "a\tb\"c\\"
[stream]
start = 2024-07-11T23:17:42.5Z
[[table]]
from = "shop.orders"
to = "sales.orders"
columns = [ { name = "id", path = "_id", type = "text", key = true, default = 1.0 },
            { name = "t", path = "t", type = "timestamp with time zone", default = 2024-01-01T00:00:00Z } ]
exclude = ["a", "b"]
where = [ { path = "n", op = "in", value = [1, 2.5, "x", true] }, { path = "m", op = "exists", value = true } ]
rest = ""
[[table]]
from = "crm.*"
)");
  const std::string first = show();
  set_file(first);
  const Settings settings = load();
  EXPECT_EQ(settings.state.path, "a\tb\"c\\");
  EXPECT_EQ(settings.stream.start.time.time_since_epoch().count(), 1'720'739'862'500);
  ASSERT_EQ(settings.tables.size(), 2U);
  EXPECT_EQ(settings.tables[0].columns[0].default_value, ScalarValue(1.0));
  EXPECT_EQ(settings.tables[0].where[0].values,
            (std::vector<ScalarValue>{std::int64_t{1}, 2.5, std::string("x"), true}));
  EXPECT_EQ(settings.tables[0].rest, "");
  EXPECT_EQ(settings.tables[1].from, "crm.*");
  const std::string tables = first.substr(first.find("[[table]]"));
  EXPECT_EQ(show().substr(show().find("[[table]]")), tables);
}

}  // namespace
}  // namespace relay
