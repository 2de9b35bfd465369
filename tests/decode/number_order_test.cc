// Goal: numbers of all types are ordered by their exact values.
// Method: known pairs at the edges; random pairs that are equal or next to each other, compared as
// numbers of a wider type too.
#include "decode/number_order.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/seed.h"

namespace relay {
namespace {

template <class Number>
std::partial_ordering compare(const BsonBuilder& field, Number other) {
  const Bytes bytes = field.bytes();
  BsonReader reader;
  BsonElement element;
  EXPECT_TRUE(reader.open(bytes) && reader.next(element) == BsonReader::Step::element);
  return compare_number(element, other);
}

TEST(NumberOrderTest, MixedTypesAtTheirEdges) {
  const auto less = std::partial_ordering::less;
  const auto equal = std::partial_ordering::equivalent;
  const auto greater = std::partial_ordering::greater;
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(compare(BsonBuilder().real("", 9'223'372'036'854'775'808.0), kMax), greater);
  EXPECT_EQ(compare(BsonBuilder().int64("", kMax), 9'223'372'036'854'775'808.0), less);
  EXPECT_EQ(compare(BsonBuilder().real("", -0.0), std::int64_t{0}), equal);
  EXPECT_EQ(compare(BsonBuilder().real("", -0.5), std::int64_t{0}), less);
  EXPECT_EQ(compare(BsonBuilder().real("", HUGE_VAL), kMax), greater);
  EXPECT_EQ(compare(BsonBuilder().int32("", 1), -HUGE_VAL), greater);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "-0E+10"), 0.0), equal);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "0.1"), 0.1), less);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "1E+6144"), 1.7976931348623157e308), greater);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "1E-6176"), 5e-324), less);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "-1E-6176"), std::int64_t{0}), less);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "9223372036854775807.5"), kMax), greater);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "-Infinity"), -HUGE_VAL), equal);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "Infinity"), kMax), greater);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "NaN"), NAN), equal);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "NaN"), std::int64_t{1}),
            std::partial_ordering::unordered);
  EXPECT_EQ(compare(BsonBuilder().decimal("", "5"), HUGE_VAL), less);
}

// long double has 64 bits of mantissa here: int64 and double are both exact in it.
TEST(NumberOrderTest, IntegersAndDoublesAgreeWithAWiderType) {
  static_assert(std::numeric_limits<long double>::digits >= 64);
  std::mt19937_64 random(test_seed());
  for (int i = 0; i < 5'000; ++i) {
    const auto integer =
        static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 == 0 ? 1 : -1);
    double real = static_cast<double>(integer);
    if (random() % 2 == 0) real = std::nextafter(real, random() % 2 == 0 ? HUGE_VAL : -HUGE_VAL);
    const std::partial_ordering expected =
        static_cast<long double>(real) <=> static_cast<long double>(integer);
    ASSERT_EQ(compare(BsonBuilder().real("", real), integer), expected) << integer;
    ASSERT_EQ(compare(BsonBuilder().int64("", integer), real), 0 <=> expected) << integer;
    const std::string text = std::to_string(integer);
    ASSERT_EQ(compare(BsonBuilder().decimal("", text.c_str()), real), 0 <=> expected) << text;
    ASSERT_EQ(compare(BsonBuilder().decimal("", text.c_str()), integer),
              std::partial_ordering::equivalent);
  }
}

}  // namespace
}  // namespace relay
