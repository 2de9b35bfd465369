#include "core/secret.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(SecretTest, NoPasswordSurvivesRedaction) {
  EXPECT_EQ(format_uri_redacted("mongodb://u:pw@h:1/db?replicaSet=rs0"),
            "mongodb://u:***@h:1/db?replicaSet=rs0");
  EXPECT_EQ(format_uri_redacted("postgresql://u:p@w@h/db"), "postgresql://u:***@h/db");
  EXPECT_EQ(format_uri_redacted("postgresql://u:p/w@h/db"), "postgresql://u:***@h/db");
  EXPECT_EQ(format_uri_redacted("postgresql://h/db?user=u&password=pw&sslmode=require"),
            "postgresql://h/db?user=u&password=***&sslmode=require");
  EXPECT_EQ(format_uri_redacted("postgresql://u:p?w@h/db"), "postgresql://u:***@h/db");
  EXPECT_EQ(format_uri_redacted("mongodb://h/?password=p@w"), "mongodb://h:***@w");
  EXPECT_EQ(format_uri_redacted("mongodb://h/?tlsCertificateKeyFilePassword=pw"),
            "mongodb://h/?tlsCertificateKeyFilePassword=***");
}

TEST(SecretTest, WhatHoldsNoPasswordStaysReadable) {
  EXPECT_EQ(format_uri_redacted("mongodb://u@h:1/db"), "mongodb://u@h:1/db");
  EXPECT_EQ(format_uri_redacted("postgresql://localhost/warehouse"),
            "postgresql://localhost/warehouse");
  EXPECT_EQ(format_uri_redacted(""), "");
}

TEST(SecretTest, TextThatIsNoUriIsHiddenWhole) {
  EXPECT_EQ(format_uri_redacted("host=h password=pw"), "***");
}

}  // namespace
}  // namespace relay
