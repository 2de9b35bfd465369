#include "mapping/table_name.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

// Published test vectors of FNV-1a, 64 bits: a changed hash would rename tables of running
// installations.
TEST(TableNameTest, TheHashIsFnv1a) {
  EXPECT_EQ(hash_name(""), 0xcbf29ce484222325U);
  EXPECT_EQ(hash_name("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(hash_name("foobar"), 0x85944171f73967e8U);
}

TEST(TableNameTest, ANameOf63BytesIsKept) {
  EXPECT_EQ(fit_name(std::string(63, 'x')).value(), std::string(63, 'x'));
}

TEST(TableNameTest, ANameOf64BytesIsCutAndHashed) {
  const std::string fitted = fit_name(std::string(64, 'x')).value();
  EXPECT_EQ(fitted, std::string(54, 'x') + "_0c07e2ee");
  EXPECT_EQ(fitted.size(), kNameBytesMax);
}

TEST(TableNameTest, LongNamesWithOneBeginningStayApart) {
  const std::string beginning(70, 'x');
  EXPECT_NE(fit_name(beginning + "a").value(), fit_name(beginning + "b").value());
  EXPECT_EQ(fit_name(beginning + "a").value(), fit_name(beginning + "a").value());
}

TEST(TableNameTest, CharactersAreNotTornApart) {
  // 53 bytes, then characters of three bytes: byte 54 is inside the first of them.
  std::string name(53, 'x');
  for (int i = 0; i < 10; ++i)
    name += "\xe2\x82\xac";
  const std::string fitted = fit_name(name).value();
  EXPECT_EQ(fitted.substr(0, 54), std::string(53, 'x') + "_");
  EXPECT_EQ(fitted.size(), 62U);
}

TEST(TableNameTest, NamesThatNoTableCanHaveAreRefused) {
  EXPECT_EQ(fit_name("").error().message, "a name is empty");
  EXPECT_EQ(fit_name(std::string("a\0b", 3)).error().message, "a name holds a NUL byte");
  EXPECT_EQ(fit_name("a\xff").error().message, "the name \"a\\xff\" is not UTF-8");
  for (const char* bad :
       {"\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_FALSE(fit_name(bad).ok());
  }
  for (const char* good : {"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "a b", "a\"b"}) {
    EXPECT_EQ(fit_name(good).value(), good);
  }
}

TEST(TableNameTest, TemplatesAreFilled) {
  const NamespaceView ns{"shop", "orders.archive"};
  const auto name = [&](std::string_view text) { return make_table_name(text, ns).value(); };
  EXPECT_EQ(name(""), (TableName{"shop", "orders.archive"}));
  EXPECT_EQ(name("sales.orders"), (TableName{"sales", "orders"}));
  EXPECT_EQ(name("sales.{collection}"), (TableName{"sales", "orders.archive"}));
  EXPECT_EQ(name("all.{db}_{collection}_x"), (TableName{"all", "shop_orders.archive_x"}));
  EXPECT_EQ(name("{collection}.{db}"), (TableName{"orders.archive", "shop"}));
  EXPECT_EQ(name("a.b.c"), (TableName{"a", "b.c"}));
}

TEST(TableNameTest, BadTemplatesAreRefused) {
  const NamespaceView ns{"shop", "orders"};
  for (const char* text : {"orders", ".orders", "sales.", "a.{colection}", "a.{", "a.}", "a.{db"}) {
    const Result<TableName> name = make_table_name(text, ns);
    ASSERT_FALSE(name.ok()) << text;
    EXPECT_EQ(name.error().kind, ErrorKind::config_invalid);
  }
}

TEST(TableNameTest, TheRelaysOwnTablesAreRefused) {
  for (const char* table : {"checkpoint", "snapshot", "dead_letter"}) {
    EXPECT_FALSE(make_table_name("", {"relay", table}).ok()) << table;
  }
  EXPECT_TRUE(make_table_name("", {"relay", "orders"}).ok());
  EXPECT_TRUE(make_table_name("", {"shop", "checkpoint"}).ok());
}

TEST(TableNameTest, AReplacementWithBracesIsNotReadAgain) {
  EXPECT_EQ(make_table_name("", {"{collection}", "{db}"}).value(),
            (TableName{"{collection}", "{db}"}));
}

TEST(TableNameTest, TheNameBeforeItIsCut) {
  const std::string collection(70, 'c');
  EXPECT_EQ(expand_table_name("", {"shop", collection}), "shop." + collection);
  EXPECT_EQ(expand_table_name("{db}_x.{collection}", {"shop", "a.b"}), "shop_x.a.b");
  EXPECT_EQ(expand_table_name("nodot", {"shop", "a"}), "");
}

}  // namespace
}  // namespace relay
