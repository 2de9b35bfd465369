// Files that the store must refuse, each with a reason and something to try, and never change.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "checkpoint/raw_sqlite.h"
#include "checkpoint/sqlite_store.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

constexpr uid_t kNobody = 65'534;

// Rights do not bind root. Inside this scope the files are touched as nobody.
class Unprivileged {
 public:
  Unprivileged() {
    if (geteuid() == 0 && seteuid(kNobody) == 0) was_root_ = true;
  }
  ~Unprivileged() {
    if (was_root_ && seteuid(0) != 0) ADD_FAILURE() << "root again";
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool was_root_ = false;
};

class StoreRefusalTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) return;
    ASSERT_EQ(chown(directory_.path().c_str(), kNobody, kNobody), 0);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "relay.db"; }

  void make_store() const {
    auto opened = SqliteStore::open(path());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    for (std::uint32_t i = 0; i < 200; ++i) {
      const std::string stream = "stream-" + std::to_string(i);
      ASSERT_TRUE(
          opened.value()
              ->save(stream,
                     {.position = {.token = "82", .cluster_time = {i, 1}}, .pipeline_hash = ""})
              .ok());
    }
  }

  // The store refuses the path with store_failed, a reason that contains `reason`, and a hint.
  void expect_refused(const std::filesystem::path& where, const std::string& reason) const {
    auto opened = SqliteStore::open(where);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, ErrorKind::store_failed);
    EXPECT_NE(opened.error().message.find(reason), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find("path="), std::string::npos) << opened.error().message;
    EXPECT_FALSE(opened.error().hint.empty());
  }

  TemporaryDirectory directory_;
};

TEST_F(StoreRefusalTest, AFileThatIsNoDatabaseIsRefusedUnchanged) {
  const std::string text(5'000, 'x');
  write_file(path(), text);
  expect_refused(path(), "not a database");
  EXPECT_EQ(read_file(path()), text);
}

TEST_F(StoreRefusalTest, ADatabaseOfAnotherProgramIsRefusedUnchanged) {
  {
    RawSqlite other(path());
    other.run("PRAGMA application_id = 42; CREATE TABLE t (a)");
  }
  const std::string before = read_file(path());
  expect_refused(path(), "another program");
  EXPECT_EQ(read_file(path()), before);
}

TEST_F(StoreRefusalTest, ADatabaseWithTablesAndNoApplicationIdIsForeignToo) {
  {
    RawSqlite other(path());
    other.run("CREATE TABLE checkpoint (a)");
  }
  const std::string before = read_file(path());
  expect_refused(path(), "another program");
  EXPECT_EQ(read_file(path()), before);
}

TEST_F(StoreRefusalTest, AnEmptyFileBecomesAStateFile) {
  write_file(path(), "");
  EXPECT_TRUE(SqliteStore::open(path()).ok());
}

TEST_F(StoreRefusalTest, ANewerSchemaIsRefusedWithBothVersions) {
  make_store();
  {
    RawSqlite file(path());
    EXPECT_EQ(file.text("PRAGMA user_version"), "1");
    file.run("PRAGMA user_version = 2");
  }
  expect_refused(path(), "schema 2, this one knows 1");
}

// Only the pages behind the first are damaged: the header still says that it is ours.
TEST_F(StoreRefusalTest, ADamagedFileIsFoundOnOpening) {
  make_store();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0, std::ios::end);
    const auto size = static_cast<std::streamoff>(file.tellp());
    ASSERT_GT(size, 4 * 4'096);
    file.seekp(4'096);
    file << std::string(static_cast<std::size_t>(size - 4'096), '\x5a');
  }
  expect_refused(path(), "");
  auto opened = SqliteStore::open(path());
  EXPECT_NE(opened.error().hint.find("backup"), std::string::npos) << opened.error().message;
}

TEST_F(StoreRefusalTest, ACutFileIsFoundOnOpening) {
  make_store();
  std::filesystem::resize_file(path(), 4'096);
  expect_refused(path(), "");
}

TEST_F(StoreRefusalTest, ADirectoryIsNoStateFile) {
  expect_refused(directory_.path(), "directory");
}

TEST_F(StoreRefusalTest, AMissingDirectoryIsNamedInTheHint) {
  const auto missing = directory_.path() / "not" / "there";
  expect_refused(missing / "relay.db", "does not exist");
  EXPECT_NE(
      SqliteStore::open(missing / "relay.db").error().hint.find("mkdir -p " + missing.string()),
      std::string::npos);
}

TEST_F(StoreRefusalTest, NoPathIsRefused) {
  expect_refused("", "no path");
}

TEST_F(StoreRefusalTest, AReadOnlyFileIsRefusedAtTheStart) {
  make_store();
  std::filesystem::permissions(
      path(), std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  std::filesystem::remove(directory_.path() / "relay.db.lock");
  const Unprivileged scope;
  expect_refused(path(), "read-only");
}

TEST_F(StoreRefusalTest, AReadOnlyDirectoryIsRefusedAtTheStart) {
  std::filesystem::permissions(
      directory_.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  {
    const Unprivileged scope;
    expect_refused(path(), "Permission denied");
  }
  std::filesystem::permissions(directory_.path(), std::filesystem::perms::owner_all);
}

// In a child: the limit cannot be taken back. A file that may not grow is a full disk to SQLite,
// only that the system says EFBIG; the test below has the real thing where a file system can be
// mounted.
TEST_F(StoreRefusalTest, SavingWhereTheFileCannotGrowIsRefusedAndTheOldPositionStays) {
  make_store();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto store = SqliteStore::open(path());
    const rlimit none{0, 0};
    if (!store.ok() || setrlimit(RLIMIT_FSIZE, &none) != 0) _exit(10);
    const Status saved = store.value()->save(
        "stream-7", {.position = {.token = "83", .cluster_time = {900, 1}}, .pipeline_hash = ""});
    _exit(!saved.ok() && saved.error().kind == ErrorKind::store_failed &&
                  !saved.error().hint.empty()
              ? 0
              : 11);
  }
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_EQ(ended, 0);
  auto store = SqliteStore::open(path());
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(store.value()->load("stream-7").value()->position.cluster_time, (ClusterTime{7, 1}));
}

// A file system of its own, as small as they come.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& where) : where_(where) {
    std::filesystem::create_directory(where);
    is_mounted_ = mount("tmpfs", where.c_str(), "tmpfs", 0, "size=256k") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(where_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool is_mounted() const { return is_mounted_; }

 private:
  std::filesystem::path where_;
  bool is_mounted_ = false;
};

// Fills what is left of the disk, in pieces small enough to leave no page free.
void fill(const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::binary);
  const std::string piece(1'024, 'x');
  while (stream.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
  }
}

TEST_F(StoreRefusalTest, AFullDiskIsSaidSoAndTheStoreGoesOnWhenThereIsSpaceAgain) {
  const auto disk = directory_.path() / "disk";
  const SmallDisk small(disk);
  if (!small.is_mounted()) GTEST_SKIP() << "needs the right to mount a file system";
  auto store = SqliteStore::open(disk / "relay.db");
  ASSERT_TRUE(store.ok()) << store.error().message;
  const auto save = [&](std::uint32_t seconds) {
    return store.value()->save(
        "default",
        {.position = {.token = std::string(2'000, '8'), .cluster_time = {seconds, 1}},
         .pipeline_hash = ""});
  };
  ASSERT_TRUE(save(1).ok());
  fill(disk / "ballast");

  std::uint32_t stored = 1;
  Status saved = save(2);
  while (saved.ok() && stored < 1'000) {
    ++stored;
    saved = save(stored + 1);
  }
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().kind, ErrorKind::store_failed);
  EXPECT_NE(saved.error().message.find("full"), std::string::npos) << saved.error().message;
  EXPECT_NE(saved.error().hint.find("space"), std::string::npos);
  EXPECT_EQ(store.value()->load("default").value()->position.cluster_time.seconds, stored);

  std::filesystem::remove(disk / "ballast");
  EXPECT_TRUE(save(5'000).ok());
}

}  // namespace
}  // namespace relay
