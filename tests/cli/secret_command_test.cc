// Keys and sealed settings as a user makes them: from keygen to a setting that the program can
// read.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "process.h"
#include "support/process.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

class SecretCommandTest : public testing::Test {
 protected:
  [[nodiscard]] std::string key_path() const { return (directory_.path() / "relay.key").string(); }

  // The public half, without its line end.
  std::string make_keys() {
    const Output keygen = run_relay({"secret", "keygen", "--out", key_path()});
    EXPECT_EQ(keygen.exit_code, 0) << keygen.err;
    return keygen.out.substr(0, keygen.out.size() - 1);
  }

  Finished seal(const std::string& public_key, const std::string& value) {
    write_file(directory_.path() / "value", value);
    const std::string command =
        std::string(RELAY_BINARY) + " secret seal " + public_key + " < value";
    return run_to_end({.command = {"bash", "-c", command},
                       .environment = {},
                       .directory = directory_.path(),
                       .log = {},
                       .user = ""},
                      30s);
  }

  TemporaryDirectory directory_;
};

TEST_F(SecretCommandTest, ASealedSettingIsReadWithTheKeyAndNotWithoutIt) {
  const std::string public_key = make_keys();
  EXPECT_TRUE(public_key.starts_with("relay-public-1:"));
  const Finished sealed = seal(public_key, "mongodb://user:s3cret@localhost/\n");
  EXPECT_EQ(sealed.exit_code, 0) << sealed.stderr_text;
  EXPECT_TRUE(sealed.stdout_text.starts_with("sealed:"));

  const std::string settings = (directory_.path() / "relay.toml").string();
  write_file(
      settings,
      "[source]\nuri = \"" + sealed.stdout_text.substr(0, sealed.stdout_text.size() - 1) + "\"\n");
  const Output shown =
      run_relay({"--config", settings, "config", "show"}, {{"RELAY_SECRET_KEY_FILE", key_path()}});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("uri = \"mongodb://user:***@localhost/\""), std::string::npos)
      << shown.out;
  const Output refused = run_relay({"--config", settings, "config", "show"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("source.uri: open a sealed value: there is no key"), std::string::npos)
      << refused.err;
}

TEST_F(SecretCommandTest, ThePrivateKeyIsForItsOwnerAloneAndNeverWrittenOver) {
  make_keys();
  struct stat found{};
  ASSERT_EQ(stat(key_path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0400U);
  const std::string before = read_file(key_path());
  const Output again = run_relay({"secret", "keygen", "--out", key_path()});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(again.out, "");
  EXPECT_TRUE(again.err.starts_with("error: write the private key " + key_path() + ": File exists"))
      << again.err;
  EXPECT_EQ(read_file(key_path()), before);
}

TEST_F(SecretCommandTest, WrongKeysAndEmptyValuesAreRefused) {
  const std::string public_key = make_keys();
  const Finished empty = seal(public_key, "\n");
  EXPECT_EQ(empty.exit_code, 2);
  EXPECT_TRUE(empty.stderr_text.starts_with("error: seal a value: standard input is empty"))
      << empty.stderr_text;
  const Finished wrong = seal("relay-public-1:AAAA", "s3cret");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(wrong.stderr_text.starts_with("error: seal a value: this is no public key"))
      << wrong.stderr_text;
  EXPECT_EQ(wrong.stdout_text, "");
}

}  // namespace
}  // namespace relay
