#include "config/read_value.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/sealed_value.h"
#include "load_fixture.h"

namespace relay {
namespace {

class ExpandTest : public LoadFixture {};

TEST_F(ExpandTest, VariablesStandForTheirValue) {
  environment["PW"] = "s3cret";
  EXPECT_EQ(expand("${PW}", request.environment).text, "s3cret");
  EXPECT_EQ(*expand("${NONE}", request.environment).problem,
            "environment variable NONE is not set");
  EXPECT_EQ(*expand("${PW}", nullptr).problem, "environment variable PW is not set");
}

TEST_F(ExpandTest, OnlyAWholeStringIsAReference) {
  environment["PW"] = "s3cret";
  EXPECT_EQ(expand("x${PW}", request.environment).text, "x${PW}");
  EXPECT_EQ(expand("profile:x", request.environment).text, "profile:x");
}

TEST_F(ExpandTest, FilesLoseOneLineEnd) {
  EXPECT_EQ(expand("file:" + write("a", "text\n"), nullptr).text, "text");
  EXPECT_EQ(expand("file:" + write("b", "text\r\n"), nullptr).text, "text");
  EXPECT_EQ(expand("file:" + write("c", "text\n\n"), nullptr).text, "text\n");
  EXPECT_EQ(expand("file:" + write("d", "text"), nullptr).text, "text");
  EXPECT_EQ(expand("file:" + write("e", ""), nullptr).text, "");
}

TEST_F(ExpandTest, AFileThatCannotBeReadIsAProblem) {
  EXPECT_EQ(*expand("file:/no/such/file", nullptr).problem,
            "read \"/no/such/file\": No such file or directory");
  EXPECT_EQ(*expand("file:/", nullptr).problem, "read \"/\": Is a directory");
}

TEST_F(ExpandTest, SealedTextIsOpenedWithTheKey) {
  const SealingKeys keys = make_sealing_keys();
  const std::string path = write("key", keys.private_key.reveal() + "\n");
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  environment["RELAY_SECRET_KEY_FILE"] = path;
  const Expanded opened =
      expand(seal_value("s3cret", keys.public_key).value(), request.environment);
  EXPECT_FALSE(opened.problem) << *opened.problem;
  EXPECT_EQ(opened.text, "s3cret");
  EXPECT_TRUE(opened.is_reference) << "so it is never shown";
}

TEST_F(ExpandTest, SealedTextWithoutAKeyIsAProblem) {
  EXPECT_EQ(*expand("sealed:abc", nullptr).problem,
            "open a sealed value: there is no key; RELAY_SECRET_KEY_FILE=FILE, or the systemd "
            "credential relay-key");
}

// What a reference leads to may be a password that was put in the wrong place.
TEST_F(ExpandTest, AValueBehindAReferenceIsNeverShown) {
  environment["PW"] = "s3cret";
  std::int64_t place = 0;
  const FieldInfo info{.section = "target", .key = "batch_rows", .type = FieldType::integer};
  EXPECT_EQ(*read_text(info, &place, "${PW}", request.environment), "the value is no integer");
  environment["PW"] = "-5";
  EXPECT_EQ(*read_text(info, &place, "${PW}", request.environment),
            "the value is out of bounds, allowed are 0 to 9223372036854775807");
}

TEST(ReadTextTest, QuotedTextIsReadAsToml) {
  std::string place;
  const FieldInfo info{.section = "state", .key = "path", .type = FieldType::text};
  EXPECT_FALSE(read_text(info, &place, R"("a\tb")", nullptr));
  EXPECT_EQ(place, "a\tb");
  EXPECT_FALSE(read_text(info, &place, R"(a"b)", nullptr));
  EXPECT_EQ(place, R"(a"b)");
  EXPECT_FALSE(read_text(info, &place, R"("a"b")", nullptr));
  EXPECT_EQ(place, R"("a"b")") << "no TOML string, so bare text";
}

}  // namespace
}  // namespace relay
