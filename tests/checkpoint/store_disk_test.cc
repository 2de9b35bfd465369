// A disk that fails once, at every single call in turn, until a life of the store comes to its end
// without having met the failure: opening, saving, writing the journal back, closing. Whatever
// fails, the store says store_failed, and the file opens again and holds the position that was
// saved last, or one whose saving failed later; never another one.
#include <filesystem>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "checkpoint/failing_vfs.h"
#include "checkpoint/sqlite_store.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

struct Case {
  std::string name;
  DiskFailure failure = DiskFailure::io_error;
};

class StoreDiskTest : public testing::TestWithParam<Case> {
 protected:
  // What may be in the file.
  struct Expected {
    std::uint32_t saved = 0;          // 0: nothing.
    std::set<std::uint32_t> tried{};  // Since then, in vain.
  };

  static Checkpoint at(std::uint32_t seconds) {
    return {.position = {.token = std::string(300, '8') + std::to_string(seconds),
                         .cluster_time = {seconds, 1}},
            .pipeline_hash = "hash"};
  }

  static void expect_complaint(const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::store_failed) << error.message;
    EXPECT_FALSE(error.hint.empty()) << error.message;
    EXPECT_NE(error.message.find("path="), std::string::npos) << error.message;
  }

  // One process's time with the file. It goes on after a save that failed, as after a full disk.
  static void live(const std::filesystem::path& path, std::uint32_t first, Expected& expected) {
    auto opened = SqliteStore::open(path);
    if (!opened.ok()) return expect_complaint(opened.error());
    for (std::uint32_t i = first; i < first + 4; ++i) {
      const Status saved = opened.value()->save("default", at(i));
      if (saved.ok()) {
        expected = {.saved = i};
      } else {
        expect_complaint(saved.error());
        expected.tried.insert(i);
      }
    }
  }

  static void expect_position(const std::filesystem::path& path, const Expected& expected) {
    auto opened = SqliteStore::open(path);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    auto loaded = opened.value()->load("default");
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    const std::uint32_t seconds =
        loaded.value() ? loaded.value()->position.cluster_time.seconds : 0;
    EXPECT_TRUE(seconds == expected.saved || expected.tried.contains(seconds))
        << seconds << " is there, saved was " << expected.saved;
    if (loaded.value()) {
      EXPECT_EQ(*loaded.value(), at(seconds));
    }
    EXPECT_TRUE(opened.value()->owner().ok());
    EXPECT_TRUE(opened.value()->save("default", at(900)).ok());
  }

  // False: the life is shorter than `n` calls.
  bool survives_failure_at(int n, std::uint32_t saved_before) {
    const TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / "relay.db";
    Expected expected;
    for (std::uint32_t i = 1; i <= saved_before; ++i)
      live(path, i, expected);
    disk_.fail_at(n, GetParam().failure);
    live(path, 100, expected);
    if (!disk_.repair()) return false;
    if (GetParam().failure >= DiskFailure::power_cut) {
      disk_.lose_unsynced();
      std::filesystem::remove(path.string() + "-shm");
    }
    expect_position(path, expected);
    return true;
  }

  void expect_every_failure_survived(std::uint32_t saved_before) {
    int n = 1;
    while (survives_failure_at(n, saved_before) && !HasFailure())
      ++n;
    EXPECT_GT(n, 15) << "a life has many writes and syncs";
    if (HasFailure()) ADD_FAILURE() << "at call " << n;
  }

  FailingVfs disk_;
};

TEST_P(StoreDiskTest, ANewFileSurvivesAFailureOfEachCall) {
  expect_every_failure_survived(0);
}

TEST_P(StoreDiskTest, AFileInUseSurvivesAFailureOfEachCall) {
  expect_every_failure_survived(2);
}

INSTANTIATE_TEST_SUITE_P(Disk,
                         StoreDiskTest,
                         testing::Values(Case{"AnErrorOnce", DiskFailure::io_error},
                                         Case{"FullOnce", DiskFailure::full},
                                         Case{"Dead", DiskFailure::dead},
                                         Case{"PowerCut", DiskFailure::power_cut},
                                         Case{"PowerCutTorn", DiskFailure::power_cut_torn}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
