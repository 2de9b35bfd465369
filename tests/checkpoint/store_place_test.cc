// A state file whose name goes away, or comes to mean another file, while the store has it open.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "checkpoint/raw_sqlite.h"
#include "checkpoint/sqlite_store.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

namespace fs = std::filesystem;

Checkpoint at(std::uint32_t seconds) {
  return {.position = {.token = "82AA", .cluster_time = {seconds, 1}}, .pipeline_hash = "hash"};
}

class StorePlaceTest : public testing::Test {
 protected:
  // In use, with a position.
  std::unique_ptr<CheckpointStore> open() {
    auto opened = SqliteStore::open(file());
    if (!opened.ok()) {
      ADD_FAILURE() << opened.error().message;
      return nullptr;
    }
    EXPECT_TRUE(opened.value()->save("default", at(5)).ok());
    return std::move(opened.value());
  }
  [[nodiscard]] fs::path file(const std::string& end = "") const {
    return directory_.path() / ("relay.db" + end);
  }
  static void expect_noticed(const Status& saved, const std::string& what) {
    ASSERT_FALSE(saved.ok());
    EXPECT_EQ(saved.error().kind, ErrorKind::store_failed);
    EXPECT_NE(saved.error().message.find(what), std::string::npos) << saved.error().message;
    EXPECT_NE(saved.error().hint.find("start the relay again"), std::string::npos);
  }
  // As somebody who restores a backup without stopping the relay.
  void replace_file() const {
    fs::copy_file(file(), file(".copy"));
    fs::rename(file(".copy"), file());
  }

  TemporaryDirectory directory_;
};

TEST_F(StorePlaceTest, ADeletedFileIsNoticedBySaving) {
  const auto store = open();
  fs::remove(file());
  expect_noticed(store->save("default", at(6)), "deleted");
  expect_noticed(store->replace("default", at(6)), "deleted");
}

TEST_F(StorePlaceTest, AReplacedFileIsNoticedBySaving) {
  const auto store = open();
  replace_file();
  expect_noticed(store->save("default", at(6)), "replaced");
}

// Readers would no longer see what is saved, and a restart would begin with older positions.
TEST_F(StorePlaceTest, ADeletedJournalIsNoticedBySaving) {
  auto store = open();
  fs::remove(file("-wal"));
  expect_noticed(store->save("default", at(6)), "journal");
  store.reset();
  EXPECT_EQ(SqliteStore::open(file()).value()->load("default").value(), at(6))
      << "closing has written everything back";
}

TEST_F(StorePlaceTest, ADeletedLockFileIsNoticedBySaving) {
  const auto store = open();
  fs::remove(file(".lock"));
  expect_noticed(store->save("default", at(6)), "lock file");
  const auto second = SqliteStore::open(file());
  EXPECT_TRUE(second.ok()) << "which is why";
}

TEST_F(StorePlaceTest, AfterADeletionANewFileIsMade) {
  auto store = open();
  fs::remove(file());
  EXPECT_FALSE(store->save("default", at(6)).ok());
  store.reset();
  const auto next = SqliteStore::open(file());
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(next.value()->load("default").value(), std::nullopt);
  EXPECT_TRUE(next.value()->save("default", at(3)).ok());
}

// The journal of the file that was there belongs to the copy as well.
TEST_F(StorePlaceTest, AfterAReplacementByItsCopyThePositionIsThatOfTheCopyOrLater) {
  auto store = open();
  replace_file();
  EXPECT_FALSE(store->save("default", at(6)).ok());
  store.reset();
  const auto next = SqliteStore::open(file());
  ASSERT_TRUE(next.ok()) << next.error().message;
  const auto loaded = next.value()->load("default").value();
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(*loaded == at(5) || *loaded == at(6)) << loaded->position.cluster_time.seconds;
}

// As the first version has made it, word for word: what migrations are for must never lose it.
TEST_F(StorePlaceTest, AFileOfTheFirstSchemaKeepsItsPositionAndItsOwner) {
  {
    RawSqlite old(file());
    old.run(
        "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;"
        "INSERT INTO meta VALUES ('owner', '0123456789abcdef0123456789abcdef');"
        "CREATE TABLE checkpoint (stream TEXT PRIMARY KEY NOT NULL, token TEXT NOT NULL,"
        " cluster_seconds INTEGER NOT NULL CHECK (cluster_seconds BETWEEN 0 AND 4294967295),"
        " cluster_increment INTEGER NOT NULL CHECK (cluster_increment BETWEEN 0 AND 4294967295),"
        " pipeline_hash TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;"
        "INSERT INTO checkpoint VALUES"
        " ('default', '82AA', 5, 1, 'hash', '2024-01-01T00:00:00.000Z');"
        "PRAGMA application_id = 1919711537; PRAGMA user_version = 1");
  }
  const auto store = SqliteStore::open(file());
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_EQ(store.value()->load("default").value(), at(5));
  EXPECT_EQ(store.value()->owner().value(), "0123456789abcdef0123456789abcdef");
  EXPECT_TRUE(store.value()->save("default", at(6)).ok());
}

}  // namespace
}  // namespace relay
