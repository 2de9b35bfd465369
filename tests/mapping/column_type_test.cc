#include "mapping/column_type.h"

#include <gtest/gtest.h>

#include "config/column_type.h"

namespace relay {
namespace {

TEST(ColumnTypeTest, EveryTypeReadsBackFromItsText) {
  for (const char* text : {"text",
                           "boolean",
                           "integer",
                           "bigint",
                           "double precision",
                           "numeric",
                           "numeric(18,2)",
                           "numeric(1000,1000)",
                           "timestamp with time zone",
                           "uuid",
                           "bytea",
                           "json",
                           "bigint[]",
                           "numeric(3,0)[]"}) {
    const std::optional<ColumnType> type = parse_column_type(text);
    ASSERT_TRUE(type.has_value()) << text;
    EXPECT_EQ(format_column_type(*type), text);
  }
  EXPECT_EQ(parse_column_type("numeric(5)"), parse_column_type("numeric(5,0)"));
}

TEST(ColumnTypeTest, WhatIsNoTypeIsRefused) {
  for (const char* text : {"",
                           "int",
                           "TEXT",
                           "text[][]",
                           "numeric(0,0)",
                           "numeric(1001,0)",
                           "numeric(2,3)",
                           "numeric()",
                           "numeric(-1,0)"}) {
    EXPECT_FALSE(parse_column_type(text).has_value()) << text;
  }
}

// The settings are checked by a parser of their own, because config knows core only.
TEST(ColumnTypeTest, TheSettingsTakeTheSameTypes) {
  std::vector<std::string> texts = {"",
                                    "txt",
                                    "TEXT",
                                    "text ",
                                    " text",
                                    "int",
                                    "jsonb",
                                    "numeric()",
                                    "numeric",
                                    "numeric(5",
                                    "[]"};
  for (const char* name : {"text",
                           "boolean",
                           "integer",
                           "bigint",
                           "double precision",
                           "numeric",
                           "timestamp with time zone",
                           "uuid",
                           "bytea",
                           "json"})
    texts.emplace_back(name);
  for (const char* size : {"0",
                           "1",
                           "5,2",
                           "5, 2",
                           " 5 , 2 ",
                           "5,5",
                           "5,6",
                           "5,-1",
                           "-5,2",
                           "+5",
                           "1000",
                           "1001",
                           "5,",
                           ",2",
                           "5,2,1",
                           "x",
                           "5 2",
                           "99999999999"})
    texts.push_back("numeric(" + std::string(size) + ")");
  const std::size_t count = texts.size();
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(texts[i] + "[]");
    texts.push_back(texts[i] + "[][]");
  }
  for (const std::string& text : texts)
    EXPECT_EQ(is_column_type(text), parse_column_type(text).has_value()) << text;
}

}  // namespace
}  // namespace relay
