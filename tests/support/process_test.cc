// Programs started by tests: what they write, how they end, and that none is left behind.
#include "support/process.h"

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

Process::Options shell(const std::string& script) {
  return {
      .command = {"sh", "-c", script}, .environment = {}, .directory = {}, .log = {}, .user = ""};
}

TEST(ProcessTest, KeepsBothOutputsApartAndTheExitCode) {
  const Finished finished = run_to_end(shell("echo good; echo bad >&2; exit 6"), 30s);
  EXPECT_EQ(finished.exit_code, 6);
  EXPECT_EQ(finished.stdout_text, "good\n");
  EXPECT_EQ(finished.stderr_text, "bad\n");
}

TEST(ProcessTest, AddsToTheEnvironmentAndReplaces) {
  Process::Options options = shell("echo $HOME,$RELAY_SUPPORT_TEST,${PATH:+path}");
  options.environment = {{"HOME", "/elsewhere"}, {"RELAY_SUPPORT_TEST", "a b"}};
  EXPECT_EQ(run_to_end(options, 30s).stdout_text, "/elsewhere,a b,path\n");
}

TEST(ProcessTest, RunsInAnEmptyDirectoryOfItsOwn) {
  EXPECT_EQ(run_to_end(shell("ls -A"), 30s).stdout_text, "");
}

TEST(ProcessTest, AppendsBothOutputsToOneLog) {
  const TemporaryDirectory directory;
  Process::Options options = shell("echo one; echo two >&2");
  options.log = directory.path() / "log";
  run_to_end(options, 30s);
  run_to_end(options, 30s);
  EXPECT_EQ(read_file(options.log), "one\ntwo\none\ntwo\n");
}

TEST(ProcessTest, AProgramThatDoesNotExistIsAnError) {
  try {
    Process process({.command = {"/no/such/program"},
                     .environment = {},
                     .directory = {},
                     .log = {},
                     .user = ""});
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "run /no/such/program: No such file or directory");
  }
}

TEST(ProcessTest, WaitingHasALimitAndSaysWhatWasWritten) {
  try {
    run_to_end(shell("echo still here; exec sleep 1000"), 300ms);
    FAIL() << "ended";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "sh did not end within 300 ms; it wrote:\nstill here\n");
  }
}

TEST(ProcessTest, ASignalGivesTheShellsExitCode) {
  Process process(shell("exec sleep 1000"));
  EXPECT_TRUE(process.is_running());
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(30s), 128 + SIGTERM);
  EXPECT_FALSE(process.is_running());
  process.kill();
  EXPECT_EQ(process.wait(0ms), 128 + SIGTERM) << "kill() after the end changes nothing";
}

TEST(ProcessTest, PausedMeansNoStepFurther) {
  Process process(shell("exec sleep 1000"));
  process.pause();
  const std::string id = std::to_string(process.pid());
  EXPECT_NE(read_file("/proc/" + id + "/stat").find(") T "), std::string::npos);
  process.resume();
  EXPECT_TRUE(wait_until(
      30s, [&] { return read_file("/proc/" + id + "/stat").find(") T ") == std::string::npos; }));
}

// A test that is killed (a time limit of ctest, Ctrl-C) cannot clean up any more.
TEST(ProcessTest, TheProgramEndsWithATestThatIsKilled) {
  const TemporaryDirectory directory;
  const std::filesystem::path told = directory.path() / "pid";
  const pid_t test = fork();
  ASSERT_GE(test, 0);
  if (test == 0) {
    setenv("TMPDIR", directory.path().c_str(), 1);  // What it leaves behind goes with ours.
    Process process(shell("exec sleep 1000"));
    write_file(told, std::to_string(process.pid()) + "\n");
    pause();
  }
  EXPECT_TRUE(wait_until(30s, [&] { return read_file(told).ends_with('\n'); }));
  const pid_t program = std::stoi(read_file(told));
  EXPECT_EQ(kill(program, 0), 0);
  kill(test, SIGKILL);
  waitpid(test, nullptr, 0);
  // Gone, or a zombie that whoever has inherited it has not yet fetched.
  EXPECT_TRUE(wait_until(30s, [&] {
    const std::string state = read_file("/proc/" + std::to_string(program) + "/stat");
    return state.empty() || state.find(") Z ") != std::string::npos;
  }));
}

TEST(TemporaryDirectoryTest, IsGoneWithAllThatIsInIt) {
  std::filesystem::path path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    std::filesystem::create_directories(path / "a" / "b");
    write_file(path / "a" / "b" / "file", "text");
    EXPECT_EQ(read_file(path / "a" / "b" / "file"), "text");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace relay
