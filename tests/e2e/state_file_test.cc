// State files that cannot be used: exit 5, before any server is asked, or as soon as it shows.
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

namespace fs = std::filesystem;

class StateFileTest : public RealServersTest {
 protected:
  void expect_refusal(const Ended& ended, std::string_view what) {
    EXPECT_EQ(ended.exit_code, 5) << ended.log;
    EXPECT_TRUE(ended.complaint.starts_with("error: ")) << ended.log;
    EXPECT_NE(ended.complaint.find(what), std::string::npos) << ended.log;
    EXPECT_NE(ended.complaint.find("\ntry: "), std::string::npos) << ended.log;
    EXPECT_FALSE(target_.has_table("relay.checkpoint")) << "the target was touched";
  }
  // Rights do not bind root, so there the relay runs as somebody else, from a folder of theirs.
  Ended run_without_root(const fs::path& folder) {
    const bool is_root = geteuid() == 0;
    const fs::path program = directory_.path() / "relay";
    fs::copy_file(relay_program(), program);
    fs::permissions(directory_.path(), fs::perms(0755));
    RelayProcess relay({.arguments = once_command(),
                        .environment = {},
                        .directory = folder,
                        .program = program,
                        .user = is_root ? "postgres" : ""});
    const int exit_code = relay.wait();
    return {exit_code, relay.log(), relay.complaint()};
  }
  fs::path file() { return directory_.path() / "relay.db"; }
};

TEST_F(StateFileTest, AFileOfAnotherProgramIsLeftAlone) {
  const std::string text = "Dear diary, this is no database, but it is long enough to be asked.\n";
  std::string whole;
  for (int i = 0; i < 40; ++i)
    whole += text;
  write_file(file(), whole);
  expect_refusal(run(once_command()), "relay.db");
  EXPECT_EQ(read_file(file()), whole);
}

TEST_F(StateFileTest, ACorruptFileIsNotGuessedAt) {
  ASSERT_EQ(run(once_command()).exit_code, 0);
  forget_relay();
  target_.run("DROP TABLE sales.orders");
  // Every page but the first, whose header still says what the file is.
  const auto size = static_cast<std::streamoff>(fs::file_size(file()));
  ASSERT_GT(size, 4'096);
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(4'096);
  stream << std::string(static_cast<std::size_t>(size - 4'096), '\x5a');
  stream.close();
  expect_refusal(run(once_command()), "relay.db");
}

TEST_F(StateFileTest, AReadOnlyFileIsExplained) {
  const fs::path folder = directory_.path() / "state";
  fs::create_directory(folder);
  write_file(folder / "relay.db", "");
  fs::permissions(folder, fs::perms(0777));
  fs::permissions(folder / "relay.db", fs::perms(0444));
  expect_refusal(run_without_root(folder), "read-only");
}

TEST_F(StateFileTest, ALockedFolderIsExplained) {
  const fs::path folder = directory_.path() / "state";
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms(0555));
  expect_refusal(run_without_root(folder), "Permission denied");
}

TEST_F(StateFileTest, AFolderThatDoesNotExistIsExplained) {
  expect_refusal(run(command({"--set", "state.path=/nowhere/relay.db"})),
                 "directory does not exist");
}

// Somebody cleans up, or restores a backup. What is written to a file without a name is lost, so
// the relay does not go on as if nothing had happened; and nothing but the file is lost.
TEST_F(StateFileTest, AFileDeletedUnderTheRelayEndsItAndTheNextStartGoesOn) {
  const auto relay = start_streaming();
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  fs::remove(file());
  insert(10, 20);
  EXPECT_EQ(relay->wait(), 5) << relay->log();
  EXPECT_NE(relay->complaint().find("deleted or replaced"), std::string::npos) << relay->log();
  EXPECT_NE(relay->complaint().find("\ntry: start the relay again"), std::string::npos);
  insert(20, 30);
  // A new file makes it another relay, which waits for the lease of the one before.
  const auto next = start(command());
  EXPECT_TRUE(wait_until_equal()) << next->log();
  EXPECT_TRUE(fs::exists(file()));
}

}  // namespace
}  // namespace relay
