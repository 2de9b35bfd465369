// The store on a real disk: what it keeps, what it refuses, who else may read.
#include "checkpoint/sqlite_store.h"

#include <filesystem>
#include <limits>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "checkpoint/raw_sqlite.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

Checkpoint at(std::uint32_t seconds, std::uint32_t increment, std::string token = "82AA") {
  return {.position = {.token = std::move(token), .cluster_time = {seconds, increment}},
          .pipeline_hash = "hash"};
}

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open() {
    auto opened = SqliteStore::open_for_operator(path());
    if (!opened.ok()) {
      ADD_FAILURE() << opened.error().message;
      return nullptr;
    }
    return std::move(opened.value());
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "relay.db"; }
  static std::optional<Checkpoint> load(SqliteStore& store, std::string_view stream = "default") {
    auto loaded = store.load(stream);
    EXPECT_TRUE(loaded.ok());
    return loaded.ok() ? loaded.value() : std::nullopt;
  }

  TemporaryDirectory directory_;
};

TEST_F(SqliteStoreTest, ANewFileHoldsNoPosition) {
  auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(load(*store), std::nullopt);
}

TEST_F(SqliteStoreTest, TheSavedPositionIsThereAfterReopening) {
  constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
  const Checkpoint last = at(kMax, kMax, "82FF");
  ASSERT_TRUE(open()->save("default", last).ok());
  EXPECT_EQ(load(*open()), last);
}

TEST_F(SqliteStoreTest, APositionWithoutATokenKeepsTheEmptyToken) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(5, 0, "")).ok());
  EXPECT_EQ(load(*store), at(5, 0, ""));
}

TEST_F(SqliteStoreTest, StreamsHavePositionsOfTheirOwn) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(9, 1)).ok());
  ASSERT_TRUE(store->save("it's \"quoted\"", at(3, 7)).ok());
  EXPECT_EQ(load(*store, "default"), at(9, 1));
  EXPECT_EQ(load(*store, "it's \"quoted\""), at(3, 7));
  EXPECT_EQ(load(*store, "other"), std::nullopt);
}

// All events of one transaction share a cluster time, so an equal one is not older.
TEST_F(SqliteStoreTest, AnEqualClusterTimeIsSaved) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(5, 2, "82AA")).ok());
  ASSERT_TRUE(store->save("default", at(5, 2, "82BB")).ok());
  EXPECT_EQ(load(*store)->position.token, "82BB");
}

TEST_F(SqliteStoreTest, AnOlderClusterTimeIsRefusedAndChangesNothing) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(5, 2)).ok());
  for (const Checkpoint& older : {at(5, 1, "82CC"), at(4, 9, "82CC"), at(0, 0, "82CC")}) {
    const Status saved = store->save("default", older);
    ASSERT_FALSE(saved.ok());
    EXPECT_EQ(saved.error().kind, ErrorKind::store_failed);
    EXPECT_FALSE(saved.error().hint.empty());
    EXPECT_EQ(load(*store), at(5, 2));
  }
  EXPECT_TRUE(store->save("default", at(5, 3)).ok()) << "a refusal must not stop the store";
}

// 2^31 and above would be negative if they went through a 32-bit integer on the way.
TEST_F(SqliteStoreTest, LateClusterTimesAreNotTakenForEarlyOnes) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(0x7fffffffU, 1)).ok());
  ASSERT_TRUE(store->save("default", at(0x80000000U, 1)).ok());
  EXPECT_FALSE(store->save("default", at(0x7fffffffU, 2)).ok());
}

TEST_F(SqliteStoreTest, ReplaceMovesBackwards) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(5, 2)).ok());
  ASSERT_TRUE(store->replace("default", at(3, 0, "82DD")).ok());
  EXPECT_EQ(load(*store), at(3, 0, "82DD"));
  EXPECT_TRUE(store->save("default", at(4, 0)).ok()) << "from the replaced position on";
}

TEST_F(SqliteStoreTest, ResetForgetsOneStream) {
  auto store = open();
  ASSERT_TRUE(store->save("a", at(5, 2)).ok());
  ASSERT_TRUE(store->save("b", at(6, 2)).ok());
  ASSERT_TRUE(store->reset("a").ok());
  ASSERT_TRUE(store->reset("never there").ok());
  EXPECT_EQ(load(*store, "a"), std::nullopt);
  EXPECT_EQ(load(*store, "b"), at(6, 2));
}

TEST_F(SqliteStoreTest, TheOwnerIsMadeOnceAndIsAnotherInAnotherFile) {
  const std::string owner = open()->owner().value();
  EXPECT_EQ(owner.size(), 32U);
  EXPECT_EQ(owner.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(open()->owner().value(), owner);

  auto other = SqliteStore::open(directory_.path() / "other.db");
  ASSERT_TRUE(other.ok());
  EXPECT_NE(other.value()->owner().value(), owner);
}

TEST_F(SqliteStoreTest, ASecondStoreIsRefusedAndToldWhoHasIt) {
  auto store = open();
  auto second = SqliteStore::open(path());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::store_locked);
  EXPECT_NE(second.error().message.find("process " + std::to_string(getpid())), std::string::npos)
      << second.error().message;
  store.reset();
  EXPECT_TRUE(SqliteStore::open(path()).ok()) << "the lock goes with the store";
}

TEST_F(SqliteStoreTest, ALinkToTheFileMeetsTheSameLock) {
  auto store = open();
  std::filesystem::create_symlink(path(), directory_.path() / "link.db");
  auto second = SqliteStore::open(directory_.path() / "link.db");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::store_locked);
}

TEST_F(SqliteStoreTest, ALockFileLeftBehindLocksNothing) {
  write_file(directory_.path() / "relay.db.lock", "12345\n");
  EXPECT_TRUE(SqliteStore::open(path()).ok());
}

TEST_F(SqliteStoreTest, OthersReadTheFileWhileItIsInUse) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(5, 2)).ok());
  RawSqlite reader(path(), SQLITE_OPEN_READONLY);
  EXPECT_EQ(reader.text("SELECT cluster_seconds || ':' || cluster_increment FROM checkpoint"),
            "5:2");
  ASSERT_TRUE(store->save("default", at(6, 0)).ok());
  EXPECT_EQ(reader.text("SELECT cluster_seconds || ':' || cluster_increment FROM checkpoint"),
            "6:0");
  EXPECT_NE(reader.text("SELECT updated_at FROM checkpoint").find("T"), std::string::npos);
}

// What makes save() durable: nothing else in here would notice if it were switched off.
TEST_F(SqliteStoreTest, TheJournalIsWrittenAhead) {
  auto store = open();
  ASSERT_TRUE(store->save("default", at(5, 2)).ok());
  EXPECT_TRUE(std::filesystem::exists(directory_.path() / "relay.db-wal"));
}

TEST_F(SqliteStoreTest, TheDriverHasAVersion) {
  EXPECT_EQ(store_driver_version(), SQLITE_VERSION);
}

}  // namespace
}  // namespace relay
