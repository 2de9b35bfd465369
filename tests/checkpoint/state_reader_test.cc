#include "checkpoint/state_reader.h"

#include <gtest/gtest.h>

#include "checkpoint/sqlite_store.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

class StateReaderTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open() {
    return std::move(SqliteStore::open_for_operator(path()).value());
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "relay.db"; }

  TemporaryDirectory directory_;
};

Checkpoint at(std::uint32_t seconds, const std::string& token) {
  return {.position = {.token = token, .cluster_time = {seconds, 7}}, .pipeline_hash = "hash"};
}

TEST_F(StateReaderTest, ReadsWhatARunningRelayHasStored) {
  const std::unique_ptr<SqliteStore> store = open();
  ASSERT_TRUE(store->save("second", at(200, "82BB")).ok());
  ASSERT_TRUE(store->save("default", at(100, "82AA")).ok());
  const Result<std::vector<StoredStream>> read = read_state_file(path());
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), 2U);
  EXPECT_EQ(read.value()[0].name, "default");
  EXPECT_EQ(read.value()[0].position, at(100, "82AA").position);
  EXPECT_TRUE(read.value()[0].updated_at.ends_with("Z")) << read.value()[0].updated_at;
  EXPECT_EQ(read.value()[1].name, "second");
  EXPECT_TRUE(store->save("default", at(101, "82AB")).ok()) << "the reader holds nothing";
}

TEST_F(StateReaderTest, ReadsTheFileOfAStoppedRelay) {
  ASSERT_TRUE(open()->save("default", at(100, "82AA")).ok());
  const Result<std::vector<StoredStream>> read = read_state_file(path());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().size(), 1U);
}

TEST_F(StateReaderTest, NothingIsMadeWhereNothingIs) {
  const Result<std::vector<StoredStream>> read = read_state_file(path());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::store_failed);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(StateReaderTest, AnotherFileIsRefused) {
  write_file(path(), "no database at all, but text that is long enough to have a header");
  EXPECT_FALSE(read_state_file(path()).ok());
  write_file(path(), "");
  EXPECT_FALSE(read_state_file(path()).ok());
}

}  // namespace
}  // namespace relay
