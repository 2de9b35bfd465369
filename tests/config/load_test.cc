#include "config/load.h"

#include "config/fields.h"
#include "load_fixture.h"

namespace relay {
namespace {

class LoadTest : public LoadFixture {};

TEST_F(LoadTest, NothingGivenIsTheDefaults) {
  const Settings settings = load();
  EXPECT_TRUE(settings.source.uri.empty());
  EXPECT_EQ(settings.source.await, std::chrono::milliseconds(500));
  EXPECT_EQ(settings.target.batch_rows, 5'000);
  EXPECT_EQ(settings.target.batch_bytes, 8'388'608);
  EXPECT_EQ(settings.target.statement_timeout, std::chrono::seconds(60));
  EXPECT_EQ(settings.state.path, "relay.db");
  EXPECT_EQ(settings.http.listen, "127.0.0.1:8686");
  EXPECT_EQ(settings.dead_letter.limit, 1'000);
  EXPECT_EQ(settings.log.level, LogLevel::info);
  EXPECT_TRUE(settings.tables.empty());
}

TEST_F(LoadTest, LaterSourcesWin) {
  EXPECT_EQ(load().target.batch_rows, 5'000);
  set_file("[target]\nbatch_rows = 1\n");
  EXPECT_EQ(load().target.batch_rows, 1);
  environment["RELAY_TARGET_BATCH_ROWS"] = "2";
  EXPECT_EQ(load().target.batch_rows, 2);
  request.sets = {"target.batch_rows=3"};
  EXPECT_EQ(load().target.batch_rows, 3);
  request.sets = {"target.batch_rows=3", "target.batch_rows=4"};
  EXPECT_EQ(load().target.batch_rows, 4);
}

TEST_F(LoadTest, FlagsWinOverEverything) {
  set_file("[source]\nuri = \"mongodb://file\"\n[log]\nlevel = \"error\"\n");
  environment["RELAY_SOURCE_URI"] = "mongodb://environment";
  request.sets = {"source.uri=mongodb://set", "log.level=warn"};
  EXPECT_EQ(load().source.uri.reveal(), "mongodb://set");
  request.flags = {{"--source", "mongodb://flag"}, {"--log-level", "debug"}};
  EXPECT_EQ(load().source.uri.reveal(), "mongodb://flag");
  EXPECT_EQ(load().log.level, LogLevel::debug);
}

TEST_F(LoadTest, EveryValueKnowsWhereItCameFrom) {
  set_file("[target]\nbatch_rows = 1\nbatch_bytes = \"1MiB\"\n[[table]]\nfrom = \"a.b\"\n");
  environment["RELAY_TARGET_BATCH_BYTES"] = "2MiB";
  request.sets = {"state.path=x.db"};
  request.flags = {{"--log-format", "json"}};
  const Result<LoadedSettings> loaded = load_settings_with_origins(request);
  ASSERT_TRUE(loaded.ok());
  const auto origin_of = [&](const std::string& key) {
    const auto fields = setting_fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (format_key(fields[i].info) == key) return loaded.value().provenance[i];
    }
    ADD_FAILURE() << key;
    return Provenance{};
  };
  EXPECT_EQ(origin_of("source.await").origin, Origin::preset);
  EXPECT_EQ(origin_of("target.batch_rows").origin, Origin::file);
  EXPECT_TRUE(origin_of("target.batch_rows").place.ends_with("relay.toml:2:14"));
  EXPECT_EQ(origin_of("target.batch_bytes").origin, Origin::environment);
  EXPECT_EQ(origin_of("target.batch_bytes").place, "RELAY_TARGET_BATCH_BYTES");
  EXPECT_EQ(origin_of("state.path").origin, Origin::set);
  EXPECT_EQ(origin_of("log.format").origin, Origin::flag);
  EXPECT_EQ(loaded.value().tables.origin, Origin::file);
}

// Every setting can be given in each of the four ways, in the same words.
TEST_F(LoadTest, EverySettingIsReachableFromFileEnvironmentAndSet) {
  const auto text_for = [](const FieldInfo& info) -> std::string {
    switch (info.type) {
      case FieldType::uri:
        return info.section == "source" ? "mongodb://h" : "postgresql://h";
      case FieldType::text:
        return info.key == "listen" ? "h:1" : "x";
      case FieldType::secret:
        return "x";
      case FieldType::boolean:
        return "true";
      case FieldType::integer:
        return "7";
      case FieldType::duration:
        return "7s";
      case FieldType::size:
        return "7MiB";
      case FieldType::word:
        return std::string(info.words.back());
      case FieldType::start:
        return "snapshot";
      case FieldType::shape:
        break;
    }
    return "";
  };
  for (const Field<Settings>& field : setting_fields()) {
    const std::string text = text_for(field.info);
    const bool is_bare =
        field.info.type == FieldType::boolean || field.info.type == FieldType::integer;
    request.file.reset();
    request.sets.clear();
    environment = {{format_environment_name(field.info), text}};
    EXPECT_EQ(complaint(), "") << format_key(field.info);
    environment.clear();
    request.sets = {format_key(field.info) + "=" + text};
    EXPECT_EQ(complaint(), "") << format_key(field.info);
    request.sets.clear();
    set_file("[" + std::string(field.info.section) + "]\n" + std::string(field.info.key) + " = " +
             (is_bare ? text : "\"" + text + "\"") + "\n");
    EXPECT_EQ(complaint(), "") << format_key(field.info);
  }
}

TEST_F(LoadTest, AReferenceInAFileIsReadInTheTypeOfTheSetting) {
  environment["ROWS"] = "77";
  environment["WAIT"] = "7s";
  environment["ON"] = "true";
  set_file(
      "[target]\nbatch_rows = \"${ROWS}\"\nstatement_timeout = \"${WAIT}\"\n"
      "[ha]\nenabled = \"${ON}\"\n");
  const Settings settings = load();
  EXPECT_EQ(settings.target.batch_rows, 77);
  EXPECT_EQ(settings.target.statement_timeout, std::chrono::seconds(7));
  EXPECT_TRUE(settings.ha.enabled);
}

TEST_F(LoadTest, ASecretMayComeFromAFile) {
  set_file("[http]\ntoken = \"file:" + write("token", "s3cret\n") + "\"\n");
  EXPECT_EQ(load().http.token.reveal(), "s3cret");
  request.file.reset();
  request.sets = {"http.token=file:" + write("token", "other\n")};
  EXPECT_EQ(load().http.token.reveal(), "other");
}

TEST_F(LoadTest, AnEmptyTextSwitchesHttpOff) {
  environment["RELAY_HTTP_LISTEN"] = "";
  EXPECT_EQ(load().http.listen, "");
}

TEST_F(LoadTest, VariablesThatNameNoSettingAreIgnored) {
  environment["RELAY_PORT"] = "tcp://10.0.0.1:80";
  environment["RELAY_TARGET_SERVICE_HOST"] = "10.0.0.1";
  EXPECT_EQ(complaint(), "");
}

TEST_F(LoadTest, StreamStartIsAWordOrATime) {
  EXPECT_EQ(load().stream.start.kind, StreamStart::Kind::snapshot);
  request.sets = {"stream.start=now"};
  EXPECT_EQ(load().stream.start.kind, StreamStart::Kind::now);
  request.sets = {"stream.start=2024-07-11T23:17:42.5Z"};
  EXPECT_EQ(load().stream.start.kind, StreamStart::Kind::time);
  EXPECT_EQ(load().stream.start.time.time_since_epoch().count(), 1'720'739'862'500);
  request.sets = {"stream.start=2106-02-07T06:28:15Z"};
  EXPECT_EQ(load().stream.start.time.time_since_epoch().count(), 4'294'967'295'000);
  request.sets.clear();
  set_file("[stream]\nstart = 2024-07-12T01:17:42.5+02:00\n");
  EXPECT_EQ(load().stream.start.time.time_since_epoch().count(), 1'720'739'862'500);
}

TEST_F(LoadTest, TableFlagsReplaceTheTablesOfTheFile) {
  set_file("[[table]]\nfrom = \"a.b\"\n[[table]]\nfrom = \"a.c\"\n");
  request.tables = {"shop.orders=sales.orders", "shop.*"};
  const Settings settings = load();
  ASSERT_EQ(settings.tables.size(), 2U);
  EXPECT_EQ(settings.tables[0].from, "shop.orders");
  EXPECT_EQ(settings.tables[0].to, "sales.orders");
  EXPECT_EQ(settings.tables[1].from, "shop.*");
  EXPECT_EQ(settings.tables[1].to, "");
}

TEST_F(LoadTest, AReplicationNeedsNoFile) {
  request.purpose = Purpose::replicate;
  environment = {{"RELAY_SOURCE_URI", "mongodb://localhost"},
                 {"RELAY_TARGET_URI", "postgres://localhost"}};
  request.tables = {"shop.orders"};
  EXPECT_EQ(complaint(), "");
}

TEST_F(LoadTest, EveryKnownSchemeIsTaken) {
  for (const char* uri : {"mongodb://h", "mongodb+srv://h"}) {
    request.sets = {std::string("source.uri=") + uri};
    EXPECT_EQ(complaint(), "") << uri;
  }
  for (const char* uri : {"postgresql://h", "postgres://h", "crate://h:5432"}) {
    request.sets = {std::string("target.uri=") + uri};
    EXPECT_EQ(complaint(), "") << uri;
  }
}

}  // namespace
}  // namespace relay
