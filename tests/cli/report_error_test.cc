#include "cli/report_error.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(ReportErrorTest, TheErrorsOwnHintWins) {
  EXPECT_EQ(format_error({ErrorKind::source_refused, "connect: no", "rs.initiate()"}),
            "error: connect: no\ntry: rs.initiate()\n");
}

TEST(ReportErrorTest, WithoutAHintTheKindHasOne) {
  EXPECT_EQ(format_error({ErrorKind::sink_unavailable, "connect: refused", ""}),
            "error: connect: refused\ntry: check target.uri and that the server is up\n");
}

TEST(ReportErrorTest, NothingToTryIsNoLine) {
  EXPECT_EQ(format_error({ErrorKind::stopped, "x", ""}), "error: x\n");
}

TEST(ReportErrorTest, EveryLineIsMarked) {
  EXPECT_EQ(format_error({ErrorKind::config_invalid, "a\nb", "c"}), "error: a\nerror: b\ntry: c\n");
}

TEST(ReportErrorTest, TheExitCodeIsThatOfTheKind) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(report_error({ErrorKind::config_invalid, "x", ""}), ExitCode::usage);
  EXPECT_EQ(report_error({ErrorKind::source_refused, "x", ""}), ExitCode::source);
  EXPECT_EQ(report_error({ErrorKind::internal, "x", ""}), ExitCode::bug);
  EXPECT_TRUE(testing::internal::GetCapturedStderr().starts_with("error: x\n"));
}

}  // namespace
}  // namespace relay
