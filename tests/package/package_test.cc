// The Debian package: what is in it, that it installs and runs, and that nothing of it stays.
#include <algorithm>
#include <set>
#include <sstream>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/process.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kStepMax{100};

testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

// Standard output; fails the test when the command does.
std::string output_of(std::vector<std::string> command) {
  const std::string name = command.front();
  const Finished finished = run_to_end({.command = std::move(command),
                                        .environment = {{"LC_ALL", "C"}},
                                        .directory = {},
                                        .log = {},
                                        .user = {}},
                                       kStepMax);
  EXPECT_EQ(finished.exit_code, 0) << name << "\n" << finished.stdout_text << finished.stderr_text;
  return finished.stdout_text;
}

// Files and directories below a directory, as "usr/bin/relay".
std::set<std::string> list_below(const fs::path& root) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root))
    names.insert(entry.path().lexically_relative(root));
  return names;
}

class PackageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryDirectory>();
    output_of({RELAY_CPACK, "-G", "DEB", "--config", RELAY_CPACK_CONFIG, "-B", folder_->path()});
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_->path()))
      if (entry.path().extension() == ".deb") package_ = entry.path();
    ASSERT_FALSE(package_.empty()) << "cpack made no package";
  }
  static void TearDownTestSuite() { folder_.reset(); }

  // A root of its own that knows which packages this machine has, so that dependencies are checked.
  PackageTest() {
    const fs::path books = root_.path() / "var/lib/dpkg";
    fs::create_directories(books / "updates");
    fs::create_directories(books / "info");
    fs::copy_file("/var/lib/dpkg/status", books / "status");
  }
  void dpkg(const std::string& action, const std::string& subject) {
    std::vector<std::string> command{"dpkg",
                                     "--root=" + root_.path().string(),
                                     "--log=" + (root_.path() / "log").string(),
                                     "--force-script-chrootless",
                                     action,
                                     subject};
    if (geteuid() != 0) command.insert(command.begin(), "fakeroot");
    output_of(std::move(command));
  }
  static std::string field(const std::string& name) {
    return output_of({"dpkg-deb", "--field", package_, name});
  }

  static inline std::unique_ptr<TemporaryDirectory> folder_;
  static inline fs::path package_;
  TemporaryDirectory root_;
};

TEST_F(PackageTest, HasWhatUsersLookFor) {
  const std::string list = output_of({"dpkg-deb", "--contents", package_});
  for (const char* path : {"./usr/bin/relay\n",
                           "./usr/lib/systemd/system/relay@.service\n",
                           "./usr/share/man/man1/relay.1.gz\n",
                           "./usr/share/bash-completion/completions/relay\n",
                           "./usr/share/zsh/vendor-completions/_relay\n",
                           "./usr/share/fish/vendor_completions.d/relay.fish\n",
                           "./usr/share/doc/relay/copyright\n",
                           "./usr/share/doc/relay/changelog.gz\n",
                           "./usr/share/doc/relay/README.md\n",
                           "./usr/share/doc/relay/docs/configuration.md\n",
                           "./usr/share/doc/relay/examples/relay.toml\n",
                           "./usr/share/doc/relay/examples/roles/postgresql.sql\n",
                           "./usr/share/doc/relay/examples/schema/orders.toml\n"})
    EXPECT_TRUE(has(list, path));
  EXPECT_TRUE(has(list, "drwxr-x--- root/root         0 ")) << "settings are not for everybody";
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(has(line, " root/root ")) << "everything belongs to root";
}

TEST_F(PackageTest, NeedsTheLibrariesThatTheProgramIsLinkedTo) {
  const std::string depends = field("Depends");
  for (const char* library :
       {"libc6 (>= ", "libmongoc-1.0-0 ", "libpq5 ", "libsqlite3-0 ", "libsodium23 "})
    EXPECT_TRUE(has(depends, library));
  EXPECT_EQ(depends.find("-dev"), std::string::npos) << depends;
  EXPECT_FALSE(field("Maintainer").empty());
  EXPECT_FALSE(field("Installed-Size").empty());
  EXPECT_FALSE(field("Description").empty());
}

TEST_F(PackageTest, InstallsRunsAndGoesWithoutATrace) {
  const std::set<std::string> before = list_below(root_.path());
  dpkg("--install", package_);
  const std::string version = output_of({root_.path() / "usr/bin/relay", "--version"});
  EXPECT_TRUE(has(version, "relay "));
  EXPECT_TRUE(
      has(output_of({"gzip", "-dc", root_.path() / "usr/share/man/man1/relay.1.gz"}), ".TH"));
  const std::string unit = read_file(root_.path() / "usr/lib/systemd/system/relay@.service");
  EXPECT_TRUE(has(unit, "ExecStart=/usr/bin/relay "));
  EXPECT_TRUE(has(unit, "DynamicUser=yes")) << "so that no user has to be made";
  EXPECT_EQ(unit.find("/usr/local"), std::string::npos) << unit;
  // Upgraded to itself, removed, purged.
  dpkg("--install", package_);
  write_file(root_.path() / "etc/relay/shop.toml", "[source]\n");
  dpkg("--remove", "relay");
  EXPECT_FALSE(fs::exists(root_.path() / "usr/bin/relay"));
  EXPECT_TRUE(fs::exists(root_.path() / "etc/relay/shop.toml")) << "settings are the user's";
  fs::remove(root_.path() / "etc/relay/shop.toml");
  dpkg("--install", package_);
  dpkg("--purge", "relay");
  for (const std::string& name : list_below(root_.path()))
    EXPECT_TRUE(before.contains(name) || name.starts_with("var/lib/dpkg") || name == "log") << name;
}

}  // namespace
}  // namespace relay
