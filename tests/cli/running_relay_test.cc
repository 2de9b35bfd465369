#include "cli/running_relay.h"

#include <gtest/gtest.h>

#include "core/error_policy.h"

namespace relay {
namespace {

TEST(RunningRelayTest, IsAskedOnThisMachine) {
  const Result<RunningRelay> relay = find_running_relay("0.0.0.0:8686", Secret("t"));
  ASSERT_TRUE(relay.ok());
  EXPECT_EQ(relay.value().address.host, "127.0.0.1");
  EXPECT_EQ(relay.value().token, Secret("t"));
}

TEST(RunningRelayTest, WithoutHttpItCannotBeAsked) {
  for (const char* listen : {"", "8686"}) {
    const Result<RunningRelay> relay = find_running_relay(listen, Secret());
    ASSERT_FALSE(relay.ok()) << listen;
    EXPECT_EQ(relay.error().kind, ErrorKind::config_invalid);
  }
}

ExitCode exit_of(int status) {
  const Status judged = judge_reply({status, "{\"error\":\"because\"}\n"}, "pause");
  if (judged.ok()) return ExitCode::done;
  EXPECT_EQ(judged.error().message,
            "pause: the relay answers " + std::to_string(status) + ", because");
  EXPECT_FALSE(judged.error().hint.empty());
  return policy_for(judged.error().kind).exit;
}

TEST(JudgeReplyTest, EveryAnswerHasItsExitCode) {
  EXPECT_EQ(exit_of(202), ExitCode::done);
  EXPECT_EQ(exit_of(401), ExitCode::usage);
  EXPECT_EQ(exit_of(403), ExitCode::usage);
  EXPECT_EQ(exit_of(404), ExitCode::usage);
  EXPECT_EQ(exit_of(409), ExitCode::check_failed);
  EXPECT_EQ(exit_of(500), ExitCode::check_failed);
}

TEST(JudgeReplyTest, AnAnswerThatIsNoJsonIsNoReason) {
  for (const char* body : {"", "<html>", "[]", "{\"error\":1}"}) {
    const Status judged = judge_reply({500, body}, "pause");
    ASSERT_FALSE(judged.ok());
    EXPECT_EQ(judged.error().message, "pause: the relay answers 500, no reason given");
  }
}

}  // namespace
}  // namespace relay
