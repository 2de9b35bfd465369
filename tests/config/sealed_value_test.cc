#include "config/sealed_value.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "load_fixture.h"

namespace relay {
namespace {

TEST(SealedValueTest, OpensWithItsOwnKeyAlone) {
  const SealingKeys keys = make_sealing_keys();
  const SealingKeys others = make_sealing_keys();
  EXPECT_TRUE(keys.public_key.starts_with("relay-public-1:"));
  EXPECT_TRUE(keys.private_key.reveal().starts_with("relay-private-1:"));
  for (const std::string& value : {std::string("s3cret"),
                                   std::string(),
                                   std::string(5'000, 'x'),
                                   std::string("a\0b\xff", 4)}) {
    const std::string sealed = seal_value(value, keys.public_key).value();
    EXPECT_EQ(sealed.find(value.empty() ? "?" : value), std::string::npos);
    EXPECT_EQ(open_sealed_value(sealed, keys.private_key).value(), value);
    const Result<std::string> wrong = open_sealed_value(sealed, others.private_key);
    ASSERT_FALSE(wrong.ok());
    EXPECT_EQ(wrong.error().kind, ErrorKind::config_invalid);
  }
}

TEST(SealedValueTest, TheSameValueLooksDifferentEachTime) {
  const SealingKeys keys = make_sealing_keys();
  EXPECT_NE(seal_value("s3cret", keys.public_key).value(),
            seal_value("s3cret", keys.public_key).value());
}

TEST(SealedValueTest, AnyChangeIsNoticed) {
  const SealingKeys keys = make_sealing_keys();
  const std::string sealed = seal_value("s3cret", keys.public_key).value();
  for (std::size_t i = std::string("sealed:").size(); i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_sealed_value(changed, keys.private_key).ok()) << i;
  }
  EXPECT_FALSE(open_sealed_value(sealed + "A", keys.private_key).ok());
  EXPECT_FALSE(open_sealed_value(sealed.substr(0, sealed.size() - 2), keys.private_key).ok());
  EXPECT_FALSE(open_sealed_value("sealed:", keys.private_key).ok());
  EXPECT_FALSE(open_sealed_value("sealed:!", keys.private_key).ok());
}

// The two are easily taken for one another, and neither may be shown.
TEST(SealedValueTest, TheWrongHalfOfTheKeyIsRefusedUnseen) {
  const SealingKeys keys = make_sealing_keys();
  const Result<std::string> sealed = seal_value("s3cret", keys.private_key.reveal());
  ASSERT_FALSE(sealed.ok());
  EXPECT_EQ(sealed.error().message, "seal a value: this is no public key");
  const std::string good = seal_value("s3cret", keys.public_key).value();
  const Result<std::string> opened = open_sealed_value(good, Secret(keys.public_key));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().message.find(keys.public_key), std::string::npos);
  EXPECT_FALSE(seal_value("s3cret", "relay-public-1:").ok());
  EXPECT_FALSE(seal_value("s3cret", "relay-public-1:AAAA").ok());
}

class PrivateKeyTest : public LoadFixture {
 protected:
  std::string write_key(const std::string& name, mode_t mode) {
    std::string path = write(name, "relay-private-1:abc\n");
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
};

TEST_F(PrivateKeyTest, TheFileComesBeforeTheCredential) {
  environment["CREDENTIALS_DIRECTORY"] = "/no/such/directory";
  environment["RELAY_SECRET_KEY_FILE"] = write_key("key", 0400);
  const Result<Secret> key = load_private_key(request.environment);
  ASSERT_TRUE(key.ok()) << key.error().message;
  EXPECT_EQ(key.value().reveal(), "relay-private-1:abc") << "without its line end";
}

TEST_F(PrivateKeyTest, AKeyThatOthersCanReadIsRefused) {
  for (const mode_t mode : {0440U, 0404U, 0644U, 0420U}) {
    const std::string path = write_key("key" + std::to_string(mode), mode);
    environment["RELAY_SECRET_KEY_FILE"] = path;
    const Result<Secret> key = load_private_key(request.environment);
    ASSERT_FALSE(key.ok()) << mode;
    EXPECT_TRUE(key.error().hint.starts_with("chmod 0400 " + path));
  }
  environment["RELAY_SECRET_KEY_FILE"] = write_key("own", 0600);
  EXPECT_TRUE(load_private_key(request.environment).ok());
}

TEST_F(PrivateKeyTest, ACredentialOfSystemdIsTaken) {
  const std::string path = write_key("relay-key", 0440);
  environment["CREDENTIALS_DIRECTORY"] = path.substr(0, path.rfind('/'));
  const Result<Secret> key = load_private_key(request.environment);
  ASSERT_TRUE(key.ok()) << key.error().message;
  EXPECT_EQ(key.value().reveal(), "relay-private-1:abc");
}

TEST_F(PrivateKeyTest, WhatIsMissingIsNamed) {
  EXPECT_FALSE(load_private_key(request.environment).ok());
  environment["RELAY_SECRET_KEY_FILE"] = "/no/such/key";
  EXPECT_EQ(load_private_key(request.environment).error().message,
            "read the key \"/no/such/key\": No such file or directory");
}

}  // namespace
}  // namespace relay
