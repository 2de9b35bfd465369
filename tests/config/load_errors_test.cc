// The exact text of every complaint about the settings: users and their scripts read it.
#include "load_fixture.h"

namespace relay {
namespace {

struct FileCase {
  std::string name;
  std::string text;
  std::string complaint;
};

class FileErrorTest : public LoadFixture, public testing::WithParamInterface<FileCase> {};

TEST_P(FileErrorTest, NamesPlaceAndReason) {
  EXPECT_EQ(complaint_about(GetParam().text), GetParam().complaint);
}

INSTANTIATE_TEST_SUITE_P(
    Load,
    FileErrorTest,
    testing::Values(
        FileCase{"UnknownKey",
                 "[target]\nbatch_row = 5\n",
                 "relay.toml:2:1: target.batch_row: unknown key; did you mean batch_rows?"},
        FileCase{"UnknownKeyIndented",
                 "[target]\n  bacth_rows = 5\n",
                 "relay.toml:2:3: target.bacth_rows: unknown key; did you mean batch_rows?"},
        FileCase{"UnknownKeyNothingNear",
                 "[state]\ncolour = 5\n",
                 "relay.toml:2:1: state.colour: unknown key; known here: path"},
        FileCase{"KeyOfAnotherSection",
                 "[source]\nbatch_rows = 5\n",
                 "relay.toml:2:1: source.batch_rows: unknown key; did you mean target.batch_rows?"},
        FileCase{"UnknownSection",
                 "[targets]\nbatch_rows = 5\n",
                 "relay.toml:1:1: targets: unknown key; did you mean target?"},
        FileCase{"KeyWithoutSection",
                 "batch_rows = 5\n",
                 "relay.toml:1:1: batch_rows: unknown key; did you mean target.batch_rows?"},
        FileCase{"TablesInsteadOfTable",
                 "[[tables]]\nfrom = \"a.b\"\n",
                 "relay.toml:1:1: tables: unknown key; did you mean table?"},
        FileCase{"DottedUnknownKey",
                 "target.batch_row = 5\n",
                 "relay.toml:1:8: target.batch_row: unknown key; did you mean batch_rows?"},
        FileCase{
            "QuotedUnknownKey",
            "[target]\n\"a\\nb\" = 5\n",
            "relay.toml:2:10: target.\"a\\x0ab\": unknown key; known here: uri, insecure_hosts, "
            "batch_rows, batch_bytes, statement_timeout, connect_timeout"},
        FileCase{"SectionThatIsAValue",
                 "target = 5\n",
                 "relay.toml:1:10: target: expected a section, found an integer"},
        FileCase{"StringForInteger",
                 "[target]\nbatch_rows = \"5\"\n",
                 "relay.toml:2:14: target.batch_rows: expected an integer, found a string"},
        FileCase{"FloatForInteger",
                 "[target]\nbatch_rows = 5.0\n",
                 "relay.toml:2:14: target.batch_rows: expected an integer, found a float"},
        FileCase{
            "IntegerForDuration",
            "[source]\nawait = 5\n",
            "relay.toml:2:9: source.await: expected a duration such as \"5s\", found an integer"},
        FileCase{"IntegerForSize",
                 "[target]\nbatch_bytes = 5\n",
                 "relay.toml:2:15: target.batch_bytes: expected a size such as \"8MiB\", found an "
                 "integer"},
        FileCase{"StringForBoolean",
                 "[ha]\nenabled = \"yes\"\n",
                 "relay.toml:2:11: ha.enabled: expected a boolean, found a string"},
        FileCase{"ListForString",
                 "[state]\npath = [\"a\"]\n",
                 "relay.toml:2:8: state.path: expected a string, found a list"},
        FileCase{"LocalTimeForStart",
                 "[stream]\nstart = 2024-07-11T00:00:00\n",
                 "relay.toml:2:9: stream.start: expected a string or a time, found a time without "
                 "a zone"},
        FileCase{
            "NotADuration",
            "[source]\nawait = \"5\"\n",
            "relay.toml:2:9: source.await: \"5\" is no duration, write it like \"500ms\", \"5s\", "
            "\"2m\" or \"1h\""},
        FileCase{"NotASize",
                 "[target]\nbatch_bytes = \"8MB\"\n",
                 "relay.toml:2:15: target.batch_bytes: \"8MB\" is no size, write it like \"100B\", "
                 "\"64KiB\", \"8MiB\" or \"1GiB\""},
        FileCase{
            "NotAWord",
            "[source]\nupdates = \"look-up\"\n",
            "relay.toml:2:11: source.updates: \"look-up\" is none of lookup, post-image; did you "
            "mean lookup?"},
        FileCase{
            "NotAStart",
            "[stream]\nstart = \"yesterday\"\n",
            "relay.toml:2:9: stream.start: \"yesterday\" is neither snapshot nor now nor an ISO "
            "8601 time with its zone, such as 2024-07-11T23:17:42Z"},
        FileCase{
            "StartBefore1970",
            "[stream]\nstart = \"1969-12-31T23:59:59Z\"\n",
            "relay.toml:2:9: stream.start: 1969-12-31T23:59:59Z is out of bounds, allowed are the "
            "years 1970 to 2105"},
        FileCase{"BelowTheLeast",
                 "[target]\nbatch_rows = 0\n",
                 "relay.toml:2:14: target.batch_rows: 0 is out of bounds, allowed are 1 to 100000"},
        FileCase{
            "OneAboveTheMost",
            "[target]\nbatch_rows = 100001\n",
            "relay.toml:2:14: target.batch_rows: 100001 is out of bounds, allowed are 1 to 100000"},
        FileCase{
            "NoInt64",
            "[target]\nbatch_rows = 99999999999999999999\n",
            "relay.toml:2:14: target.batch_rows: expected an integer, found a number out of range"},
        FileCase{
            "SizeBelowTheLeast",
            "[target]\nbatch_bytes = \"65535B\"\n",
            "relay.toml:2:15: target.batch_bytes: 65535B is out of bounds, allowed are 64KiB to "
            "64MiB"},
        FileCase{"DurationAboveTheMost",
                 "[source]\nawait = \"61s\"\n",
                 "relay.toml:2:9: source.await: 61s is out of bounds, allowed are 1ms to 1m"},
        FileCase{
            "EmptyText", "[state]\npath = \"\"\n", "relay.toml:2:8: state.path: must not be empty"},
        FileCase{"TextWithNul",
                 "[state]\npath = \"a\\u0000b\"\n",
                 "relay.toml:2:8: state.path: must not hold a NUL byte"},
        FileCase{"MissingVariable",
                 "[source]\nuri = \"${MONGO}\"\n",
                 "relay.toml:2:7: source.uri: environment variable MONGO is not set"},
        FileCase{"MissingFile",
                 "[source]\nuri = \"file:/no/such/file\"\n",
                 "relay.toml:2:7: source.uri: read \"/no/such/file\": No such file or directory"},
        FileCase{"Sealed",
                 "[http]\ntoken = \"sealed:abc\"\n",
                 "relay.toml:2:9: http.token: open a sealed value: there is no key; "
                 "RELAY_SECRET_KEY_FILE=FILE, or the systemd credential relay-key"},
        FileCase{"SourceScheme",
                 "[source]\nuri = \"http://user:secret@h\"\n",
                 "relay.toml:2:7: source.uri: must begin with mongodb:// or mongodb+srv://"},
        FileCase{
            "TargetScheme",
            "[target]\nuri = \"mysql://user:secret@h\"\n",
            "relay.toml:2:7: target.uri: must begin with postgresql://, postgres:// or crate://"},
        FileCase{
            "Listen",
            "[http]\nlisten = \"8686\"\n",
            "relay.toml:2:10: http.listen: must be HOST:PORT, such as 127.0.0.1:8686, or empty"},
        FileCase{
            "ListenPort",
            "[http]\nlisten = \"h:65536\"\n",
            "relay.toml:2:10: http.listen: must be HOST:PORT, such as 127.0.0.1:8686, or empty"},
        FileCase{
            "Several",
            "[target]\nbatch_rows = 0\nbatch_row = 1\n[source]\nawait = 5\n",
            "relay.toml:2:14: target.batch_rows: 0 is out of bounds, allowed are 1 to 100000\n"
            "relay.toml:3:1: target.batch_row: unknown key; did you mean batch_rows?\n"
            "relay.toml:5:9: source.await: expected a duration such as \"5s\", found an integer"}),
    [](const auto& test) { return test.param.name; });

class LoadErrorTest : public LoadFixture {};

TEST_F(LoadErrorTest, AMissingFileIsNamed) {
  request.file = "/no/such/relay.toml";
  EXPECT_EQ(complaint(), "read settings from /no/such/relay.toml: No such file or directory");
  request.file = "/";
  EXPECT_EQ(complaint(), "read settings from /: Is a directory");
}

TEST_F(LoadErrorTest, SyntaxErrorsAreOneLine) {
  EXPECT_EQ(complaint_about("[source]\nuri = \n"),
            "relay.toml:2:7: not valid TOML: missing value after key-value separator '=': expected "
            "value, but got nothing");
}

TEST_F(LoadErrorTest, TheEnvironmentNamesItsVariable) {
  environment["RELAY_TARGET_BATCH_ROWS"] = "many";
  EXPECT_EQ(complaint(), "RELAY_TARGET_BATCH_ROWS: target.batch_rows: \"many\" is no integer");
  environment["RELAY_TARGET_BATCH_ROWS"] = "99999999999999999999";
  EXPECT_EQ(
      complaint(),
      "RELAY_TARGET_BATCH_ROWS: target.batch_rows: \"99999999999999999999\" is out of bounds");
  environment = {{"RELAY_HA_ENABLED", "yes"}};
  EXPECT_EQ(complaint(), "RELAY_HA_ENABLED: ha.enabled: \"yes\" is neither true nor false");
  environment = {{"RELAY_TARGET_URI", "mysql://h"}};
  EXPECT_EQ(complaint(),
            "RELAY_TARGET_URI: target.uri: must begin with postgresql://, postgres:// or crate://");
}

TEST_F(LoadErrorTest, SetNamesItsKey) {
  const std::map<std::string, std::string> cases = {
      {"target.batch_rows", "--set target.batch_rows: expected SECTION.KEY=VALUE"},
      {"target.batch_row=1", "--set target.batch_row: unknown key; did you mean batch_rows?"},
      {"traget.batch_rows=1", "--set traget.batch_rows: unknown key; did you mean target?"},
      {"batch_rows=1", "--set batch_rows: unknown key; did you mean target.batch_rows?"},
      {"target=1",
       "--set target: unknown key; known here: uri, insecure_hosts, batch_rows, batch_bytes, "
       "statement_timeout, connect_timeout"},
      {"table.from=a.b", "--set table.from: tables come from the file or from --table"},
      {"log.level=loud", "--set: log.level: \"loud\" is none of debug, info, warn, error"},
  };
  for (const auto& [set, expected] : cases) {
    request.sets = {set};
    EXPECT_EQ(complaint(), expected);
  }
}

TEST_F(LoadErrorTest, FlagsNameThemselves) {
  request.flags = {{"--log-level", "inof"}};
  EXPECT_EQ(
      complaint(),
      "--log-level: log.level: \"inof\" is none of debug, info, warn, error; did you mean info?");
}

TEST_F(LoadErrorTest, TableFlagsWithoutADotAreRefused) {
  request.tables = {"orders", "shop.orders=orders", "shop.orders="};
  EXPECT_EQ(
      complaint(),
      "--table: \"orders\" is not of the form database.collection (all of a database: shop.*)\n"
      "--table: \"orders\" is not of the form schema.table\n"
      "--table: \"shop.orders=\" names no table after the =");
}

TEST_F(LoadErrorTest, WhatARunNeedsIsAskedFor) {
  request.purpose = Purpose::replicate;
  EXPECT_EQ(complaint(),
            "source.uri: is missing; give it in the file, as RELAY_SOURCE_URI or with --source\n"
            "target.uri: is missing; give it in the file, as RELAY_TARGET_URI or with --target\n"
            "table: at least one is needed; give it as [[table]] in the file or with --table");
  request.purpose = Purpose::generate;
  EXPECT_EQ(complaint(),
            "source.uri: is missing; give it in the file, as RELAY_SOURCE_URI or with --source");
}

TEST_F(LoadErrorTest, TwentyProblemsAreShownAndTheRestCounted) {
  const auto lines_for = [&](int count) {
    std::string text = "[target]\n";
    for (int i = 0; i < count; ++i)
      text += "unknown_" + std::to_string(i) + " = 1\n";
    const std::string complaint = complaint_about(text);
    return std::pair(std::count(complaint.begin(), complaint.end(), '\n') + 1,
                     complaint.substr(complaint.rfind('\n') + 1));
  };
  EXPECT_EQ(lines_for(20).first, 20);
  EXPECT_EQ(lines_for(21).first, 21);
  EXPECT_EQ(lines_for(21).second, "and 1 more");
  EXPECT_EQ(lines_for(30).second, "and 10 more");
}

TEST_F(LoadErrorTest, NoComplaintShowsASecret) {
  environment = {{"RELAY_SOURCE_URI", "http://u:s3cret@h"}, {"PW", "s3cret"}};
  request.sets = {"target.uri=mysql://u:s3cret@h"};
  EXPECT_EQ(complaint().find("s3cret"), std::string::npos) << complaint();
  request.sets = {"log.level=${PW}", "target.batch_rows=${PW}", "source.await=${PW}"};
  EXPECT_EQ(complaint().find("s3cret"), std::string::npos) << complaint();
}

}  // namespace
}  // namespace relay
