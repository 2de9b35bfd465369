// The command as a user runs it: what it prints, how it ends.
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/mongo_server.h"
#include "support/process.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::seconds;

MongoServer& server() {
  static MongoServer shared;
  return shared;
}

class DbWorkloadTest : public testing::Test {
 protected:
  static Process::Options options(const std::vector<std::string>& flags) {
    Process::Options made;
    made.command = {RELAY_BINARY,
                    "db-workload",
                    "--db",
                    testing::UnitTest::GetInstance()->current_test_info()->name()};
    made.command.insert(made.command.end(), flags.begin(), flags.end());
    made.environment = {{"RELAY_SOURCE_URI", server().uri()}};
    return made;
  }
  static Finished run(const std::vector<std::string>& flags) {
    return run_to_end(options(flags), seconds(60));
  }
};

TEST_F(DbWorkloadTest, PrintsOperationsAndADigestThatRepeats) {
  const std::vector<std::string> flags = {
      "--ops", "500", "--writers", "2", "--seed", "9", "--drop"};
  const Finished first = run(flags);
  EXPECT_EQ(first.exit_code, 0) << first.stderr_text;
  EXPECT_EQ(first.stdout_text.rfind("operations=500 inserts=", 0), 0U) << first.stdout_text;
  const std::size_t digest = first.stdout_text.find(".orders digest=");
  ASSERT_NE(digest, std::string::npos) << first.stdout_text;
  const Finished second = run(flags);
  EXPECT_EQ(second.stdout_text.substr(second.stdout_text.find(".orders digest=")),
            first.stdout_text.substr(digest));
}

TEST_F(DbWorkloadTest, ReadsBackWhatItWrote) {
  const Finished done = run({"--ops", "500", "--profile", "sensors", "--verify"});
  EXPECT_EQ(done.exit_code, 0) << done.stderr_text;
  EXPECT_NE(done.stdout_text.find(".readings digest="), std::string::npos);
  EXPECT_NE(done.stdout_text.find(".devices digest="), std::string::npos);
  EXPECT_NE(done.stdout_text.find("verify=equal"), std::string::npos);
}

TEST_F(DbWorkloadTest, RefusesDocumentsThatAreThereAlready) {
  EXPECT_EQ(run({"--ops", "100"}).exit_code, 0);
  const Finished again = run({"--ops", "100"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(again.stdout_text, "");
  EXPECT_NE(again.stderr_text.find("has documents already\ntry: --drop"), std::string::npos)
      << again.stderr_text;
}

TEST_F(DbWorkloadTest, ASignalEndsItWithTheDigestOfWhatWasDone) {
  for (const int signal_number : {SIGINT, SIGTERM}) {
    Process workload(options({"--ops", "0", "--rate", "500/s", "--verify", "--drop"}));
    // The first line of progress: it writes.
    EXPECT_TRUE(wait_until(seconds(30), [&] {
      return workload.stderr_text().find("operations ") != std::string::npos;
    }));
    workload.signal(signal_number);
    EXPECT_EQ(workload.wait(seconds(30)), 0) << workload.stderr_text();
    EXPECT_NE(workload.stdout_text().find("verify=equal"), std::string::npos)
        << workload.stdout_text();
  }
}

TEST_F(DbWorkloadTest, ASecondSignalLeavesAtOnce) {
  Process workload(options({"--ops", "0", "--rate", "500/s"}));
  EXPECT_TRUE(wait_until(seconds(30), [&] {
    return workload.stderr_text().find("operations ") != std::string::npos;
  }));
  server().pause();  // The batch in flight does not end.
  workload.signal(SIGINT);
  EXPECT_EQ(workload.wait(std::chrono::milliseconds(500)), std::nullopt);
  workload.signal(SIGINT);
  EXPECT_EQ(workload.wait(seconds(10)), 128 + SIGINT);
  server().resume();
}

TEST_F(DbWorkloadTest, SaysWhatItWaitsForAndEndsWithCodeThreeWhenStopped) {
  Process::Options nowhere = options({"--ops", "10"});
  nowhere.environment = {{"RELAY_SOURCE_URI", "mongodb://127.0.0.1:1/?replicaSet=rs0"}};
  Process workload(nowhere);
  EXPECT_TRUE(wait_until(seconds(30), [&] {
    return workload.stderr_text().find("waiting for the source: ") != std::string::npos;
  }));
  workload.signal(SIGTERM);
  EXPECT_EQ(workload.wait(seconds(30)), 3) << workload.stderr_text();
}

TEST_F(DbWorkloadTest, FlagsThatMakeNoSenseAreUsageErrors) {
  for (const std::vector<std::string>& flags : {std::vector<std::string>{"--rate", "fast"},
                                                {"--rate", "0"},
                                                {"--rate", "5/m"},
                                                {"--rate", ""},
                                                {"--duration", "10"},
                                                {"--duration", "0s"},
                                                {"--writers", "0"},
                                                {"--writers", "257"},
                                                {"--update-share", "1.1"},
                                                {"--document-bytes", "5000000"},
                                                {"--profile", "Orders"},
                                                {"--drop", "--append"},
                                                {"--insert-only", "--update-share", "0.5"},
                                                {"--ops", "-1"},
                                                {"--seed", "-1"}}) {
    const Finished refused = run(flags);
    EXPECT_EQ(refused.exit_code, 2) << flags[0] << " " << refused.stderr_text;
    EXPECT_EQ(refused.stderr_text.rfind("error: ", 0), 0U) << refused.stderr_text;
  }
}

}  // namespace
}  // namespace relay
