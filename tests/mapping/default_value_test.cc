#include "mapping/default_value.h"

#include <cmath>

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;
using Milliseconds = std::chrono::milliseconds;

bool fits(const Literal& value, const char* type) {
  return fits_default(value, parse_column_type(type).value());
}

TEST(DefaultValueTest, EachTypeTakesItsOwn) {
  EXPECT_TRUE(fits(true, "boolean"));
  EXPECT_TRUE(fits(""s, "text"));
  EXPECT_TRUE(fits("n/a"s, "text"));
  EXPECT_TRUE(fits("00112233-4455-6677-8899-aabbccddeeff"s, "uuid"));
  EXPECT_TRUE(fits(std::chrono::sys_time<Milliseconds>(), "timestamp with time zone"));
  EXPECT_FALSE(fits("x"s, "uuid"));
  EXPECT_FALSE(fits("a\0b"s, "text"));
  EXPECT_FALSE(fits("\xFF"s, "text"));
  EXPECT_FALSE(fits(1L, "boolean"));
  EXPECT_FALSE(fits(true, "bigint"));
  EXPECT_FALSE(fits(1L, "text"));
  EXPECT_FALSE(fits("1"s, "bigint"));
  for (const char* type : {"json", "bytea", "text[]"})
    EXPECT_FALSE(fits("x"s, type)) << type;
}

TEST(DefaultValueTest, NumbersFitExactlyOrNotAtAll) {
  EXPECT_TRUE(fits(2'147'483'647L, "integer"));
  EXPECT_FALSE(fits(2'147'483'648L, "integer"));
  EXPECT_TRUE(fits(std::numeric_limits<std::int64_t>::max(), "bigint"));
  EXPECT_TRUE(fits(5.0, "bigint"));
  EXPECT_FALSE(fits(5.5, "bigint"));
  EXPECT_FALSE(fits(-0.0, "bigint"));
  EXPECT_TRUE(fits(9'007'199'254'740'992L, "double precision"));
  EXPECT_FALSE(fits(9'007'199'254'740'993L, "double precision"));
  EXPECT_FALSE(fits(std::numeric_limits<std::int64_t>::max(), "double precision"));
  EXPECT_TRUE(fits(NAN, "double precision"));
  EXPECT_TRUE(fits(999L, "numeric(5,2)"));
  EXPECT_FALSE(fits(1'000L, "numeric(5,2)"));
  EXPECT_TRUE(fits(0L, "numeric(2,2)"));
  EXPECT_TRUE(fits(999.99, "numeric(5,2)"));
  EXPECT_FALSE(fits(0.125, "numeric(5,2)"));
  EXPECT_FALSE(fits(1'000.5, "numeric(5,2)"));
  EXPECT_TRUE(fits(0.1, "numeric"));
  EXPECT_TRUE(fits(1e30, "numeric"));
  EXPECT_FALSE(fits(NAN, "numeric"));
  EXPECT_FALSE(fits(-0.0, "numeric"));
}

TEST(DefaultValueTest, TimesEndWhereThoseOfPostgresqlDo) {
  const auto at = [](std::int64_t ms) {
    return Literal(std::chrono::sys_time<Milliseconds>(Milliseconds(ms)));
  };
  EXPECT_TRUE(fits(at(-210'866'803'200'000), "timestamp with time zone"));
  EXPECT_FALSE(fits(at(-210'866'803'200'001), "timestamp with time zone"));
  EXPECT_TRUE(fits(at(9'224'318'015'999'999), "timestamp with time zone"));
  EXPECT_FALSE(fits(at(9'224'318'016'000'000), "timestamp with time zone"));
}

}  // namespace
}  // namespace relay
