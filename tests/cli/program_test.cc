#include "cli/program.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "process.h"

namespace relay {
namespace {

TEST(ProgramTest, VersionNamesTheProgramAndItsLibraries) {
  const Output output = run_relay({"--version"});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_TRUE(output.out.starts_with("relay 0.")) << output.out;
  for (const char* word : {" (git ",
                           "\nCLI11 2.",
                           "\nspdlog 1.",
                           "\ntoml11 3.",
                           "\ncpp-httplib 0.",
                           "\nlibsodium 1."}) {
    EXPECT_NE(output.out.find(word), std::string::npos) << word;
  }
}

struct UsageCase {
  std::string name;
  std::vector<std::string> arguments;
  std::string err;
};

class UsageTest : public testing::TestWithParam<UsageCase> {};

TEST_P(UsageTest, MistakesAreExplainedAndExit2) {
  const Output output = run_relay(GetParam().arguments);
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_EQ(output.err, GetParam().err);
  EXPECT_EQ(output.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    Cli,
    UsageTest,
    testing::Values(
        UsageCase{"NoCommand", {}, "error: a command is missing\ntry: relay --help\n"},
        UsageCase{"UnknownCommand",
                  {"confg"},
                  "error: unknown command confg; did you mean config?\ntry: relay --help\n"},
        UsageCase{"NothingNear",
                  {"frobnicate"},
                  "error: unknown command frobnicate\ntry: relay --help\n"},
        UsageCase{"NoInnerCommand",
                  {"config"},
                  "error: a command is missing\ntry: relay config --help\n"},
        UsageCase{"UnknownInnerCommand",
                  {"config", "shw"},
                  "error: unknown command shw; did you mean show?\ntry: relay config --help\n"},
        UsageCase{"ExtraArgument",
                  {"config", "show", "all"},
                  "error: unexpected argument all\ntry: relay config show --help\n"},
        UsageCase{"UnknownOption",
                  {"config", "check", "--strict"},
                  "error: unknown option --strict\ntry: relay config check --help\n"},
        UsageCase{"MissingValue",
                  {"--config"},
                  "error: --config: 1 required FILE missing\ntry: relay --help\n"},
        UsageCase{
            "WrongWord",
            {"config", "reference", "--format", "html"},
            "error: --format: html not in {markdown,toml}\ntry: relay config reference --help\n"},
        // A password on the command line is bad enough without a copy of it in a log.
        UsageCase{"SecretBehindATypo",
                  {"config", "show", "--sorce", "mongodb://u:s3cret@h"},
                  "error: unknown option --sorce\ntry: relay config show --help\n"},
        UsageCase{"SecretInsideATypo",
                  {"config", "show", "--sorce=mongodb://u:s3cret@h"},
                  "error: unknown option --sorce\ntry: relay config show --help\n"},
        UsageCase{"SecretAsArgument",
                  {"config", "show", "host=h password=s3cret"},
                  "error: unexpected argument\ntry: relay config show --help\n"},
        UsageCase{"WrongLogLevel",
                  {"--log-level", "loud", "config", "show"},
                  "error: --log-level: log.level: \"loud\" is none of debug, info, warn, "
                  "error\ntry: relay config reference names every setting\n"},
        UsageCase{"WrongSet",
                  {"--set", "target.batch_row=1", "config", "show"},
                  "error: --set target.batch_row: unknown key; did you mean batch_rows?\ntry: "
                  "relay config reference names every setting\n"},
        UsageCase{"MissingFile",
                  {"--config", "/no/such/file", "config", "show"},
                  "error: read settings from /no/such/file: No such file or directory\ntry: check "
                  "--config: the file's name, and that this user may read it\n"}),
    [](const auto& test) { return test.param.name; });

class ConfigCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "relay-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text) {
    const std::string path = (folder_ / "relay.toml").string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

 private:
  std::filesystem::path folder_;
};

constexpr const char* kTry = "try: relay config reference names every setting\n";
constexpr const char* kValid =
    "[source]\nuri = \"mongodb://u:s3cret@localhost\"\n[target]\nuri = "
    "\"postgresql://localhost/db\"\n"
    "[http]\ntoken = \"s3cret\"\n[[table]]\nfrom = \"shop.*\"\n";

TEST_F(ConfigCommandTest, GlobalFlagsAreUnderstoodBeforeAndBehindTheCommand) {
  const std::string path = write(kValid);
  const Output before =
      run_relay({"--config", path, "--set", "target.batch_rows=7", "config", "show"});
  const Output behind =
      run_relay({"config", "show", "--set", "target.batch_rows=7", "--config", path});
  const Output between =
      run_relay({"config", "--config=" + path, "show", "--set=target.batch_rows=7"});
  EXPECT_EQ(before.exit_code, 0) << before.err;
  EXPECT_NE(before.out.find("batch_rows = 7"), std::string::npos);
  EXPECT_EQ(behind.out, before.out);
  EXPECT_EQ(between.out, before.out);
}

TEST_F(ConfigCommandTest, ShowHidesSecretsAndNamesOrigins) {
  const Output output =
      run_relay({"--config", write(kValid), "config", "show", "--log-level", "debug"},
                {{"RELAY_STATE_PATH", "other.db"}});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out.find("s3cret"), std::string::npos) << output.out;
  for (const char* text : {"uri = \"mongodb://u:***@localhost\"",
                           "token = \"***\"",
                           "# environment RELAY_STATE_PATH\n",
                           "# flag --log-level\n",
                           "relay.toml:2:7\n",
                           "# default\n",
                           "[[table]]\nfrom = \"shop.*\"\n"}) {
    EXPECT_NE(output.out.find(text), std::string::npos) << text << "\n" << output.out;
  }
}

TEST_F(ConfigCommandTest, CheckIsOneLineWhenAllIsWell) {
  const Output output = run_relay({"--config", write(kValid), "config", "check"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out, "settings are valid, tables=1\n");
  EXPECT_EQ(output.err, "");
}

TEST_F(ConfigCommandTest, CheckWarnsOfAHostThatIsNamedAsInsecure) {
  const Output output = run_relay({"--config",
                                   write(kValid),
                                   "config",
                                   "check",
                                   "--target",
                                   "postgresql://db1/w",
                                   "--set",
                                   "target.insecure_hosts=db1"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.err,
            "warning: db1 is reached without TLS that verifies it, as target.insecure_hosts "
            "allows\n");
}

TEST_F(ConfigCommandTest, CheckPrintsEveryProblemAndExits2) {
  const std::string path = write("[source]\nuir = \"x\"\n[target]\nbatch_rows = 0\n");
  const Output output = run_relay({"--config", path, "config", "check"});
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_EQ(output.err,
            "error: " + path + ":2:1: source.uir: unknown key; did you mean uri?\n" +
                "error: " + path +
                ":4:14: target.batch_rows: 0 is out of bounds, allowed are 1 to 100000\n" + kTry);
}

TEST_F(ConfigCommandTest, CheckAlsoMakesTheMapping) {
  const Output output = run_relay({"config",
                                   "check",
                                   "--source",
                                   "mongodb://localhost",
                                   "--target",
                                   "postgresql://localhost",
                                   "--table",
                                   "shop.*=sales.all"});
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_EQ(
      output.err,
      std::string("error: map \"shop.*\": all collections would share one table; put {collection} "
                  "into to\n") +
          kTry);
}

TEST_F(ConfigCommandTest, FlagsAloneAreEnough) {
  const Output output = run_relay({"config",
                                   "check",
                                   "--source",
                                   "mongodb://localhost",
                                   "--target",
                                   "postgresql://localhost",
                                   "--table",
                                   "shop.orders=sales.orders",
                                   "--table",
                                   "crm.*"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out, "settings are valid, tables=2\n");
}

}  // namespace
}  // namespace relay
