// Each cell of the table: what fits, at its limits, and one past them.
#include "decode/fit_table.h"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/cell_text.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

using namespace std::string_literals;

const std::vector<BsonType> kAllTypes = {
    BsonType::double_, BsonType::string,          BsonType::document,   BsonType::array,
    BsonType::binary,  BsonType::undefined,       BsonType::object_id,  BsonType::boolean,
    BsonType::date,    BsonType::regex,           BsonType::db_pointer, BsonType::code,
    BsonType::symbol,  BsonType::code_with_scope, BsonType::int32,      BsonType::timestamp,
    BsonType::int64,   BsonType::decimal128,      BsonType::max_key,    BsonType::min_key};

constexpr std::size_t kTypeNames = 10;

constexpr std::string_view kUuid("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF",
                                 16);

// The value in a document of one field.
BsonBuilder text(std::string_view value) {
  return BsonBuilder().string("v", value);
}
BsonBuilder real(double value) {
  return BsonBuilder().real("v", value);
}
BsonBuilder int32(std::int32_t value) {
  return BsonBuilder().int32("v", value);
}
BsonBuilder int64(std::int64_t value) {
  return BsonBuilder().int64("v", value);
}
BsonBuilder decimal(const char* value) {
  return BsonBuilder().decimal("v", value);
}
BsonBuilder date(std::int64_t ms) {
  return BsonBuilder().date("v", ms);
}
BsonBuilder binary(std::uint8_t subtype, std::string_view bytes) {
  return BsonBuilder().binary("v", subtype, bytes);
}
BsonBuilder list(const BsonBuilder& elements) {
  return BsonBuilder().array("v", elements);
}

struct Outcome {
  BsonType from = BsonType::null;
  Rejection rejection = Rejection::none;
  std::string text;  // As PostgreSQL prints it.
};

Outcome fit(const BsonBuilder& value, const ColumnRule& rule) {
  const Bytes document = value.bytes();
  BsonReader reader;
  BsonElement element;
  EXPECT_TRUE(reader.open(document) && reader.next(element) == BsonReader::Step::element);
  Cell cell;
  Outcome outcome{.from = element.type, .rejection = convert(element, rule, cell), .text = ""};
  if (outcome.rejection != Rejection::none) return outcome;
  if (travels_as_text(rule.type, rule.target)) {
    outcome.text = cell.bytes();
  } else {
    append_cell_text(cell.bytes(), rule.type.name, outcome.text);
  }
  return outcome;
}

struct FitCase {
  BsonBuilder value;
  std::string type;
  std::optional<std::string> expected;  // nullopt: a misfit.
};

const std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
const std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();

std::vector<FitCase> text_cases() {
  return {
      {text(""), "text", ""},
      {text("a\xC3\xA4\xF0\x9F\x98\x80"), "text", "a\xC3\xA4\xF0\x9F\x98\x80"},
      {text(std::string(100'000, 'x')), "text", std::string(100'000, 'x')},
      {text("12345678\0"s), "text", std::nullopt},
      {text("\0"s), "text", std::nullopt},
      {text("1234567\xFF"), "text", std::nullopt},
      {text("\xED\xA0\x80"), "text", std::nullopt},
      {BsonBuilder().object_id("v", kUuid.substr(0, 12)), "text", "00112233445566778899aabb"},
      {binary(4, kUuid), "text", "00112233-4455-6677-8899-aabbccddeeff"},
      {binary(4, kUuid.substr(1)), "text", std::nullopt},
      {binary(3, kUuid), "text", std::nullopt},
      {BsonBuilder().boolean("v", true), "boolean", "t"},
      {BsonBuilder().boolean("v", false), "boolean", "f"},
      {binary(4, kUuid), "uuid", "00112233-4455-6677-8899-aabbccddeeff"},
      {binary(4, std::string(kUuid) + "x"), "uuid", std::nullopt},
      {binary(3, kUuid), "uuid", std::nullopt},
      {binary(0, ""), "bytea", "\\x"},
      {binary(0, "\0\xFF"s), "bytea", "\\x00ff"},
      {binary(5, "abc"), "bytea", std::nullopt},
      {binary(2, little_endian(3, 4) + "abc"), "bytea", std::nullopt},
  };
}

std::vector<FitCase> integer_cases() {
  return {
      {int32(2'147'483'647), "integer", "2147483647"},
      {int32(-2'147'483'647 - 1), "integer", "-2147483648"},
      {int64(2'147'483'647), "integer", "2147483647"},
      {int64(2'147'483'648), "integer", std::nullopt},
      {int64(-2'147'483'648), "integer", "-2147483648"},
      {int64(-2'147'483'649), "integer", std::nullopt},
      {real(2'147'483'647), "integer", "2147483647"},
      {real(2'147'483'648), "integer", std::nullopt},
      {real(0), "integer", "0"},
      {real(-0.0), "integer", std::nullopt},
      {real(0.5), "integer", std::nullopt},
      {real(NAN), "integer", std::nullopt},
      {decimal("2147483647.0"), "integer", "2147483647"},
      {decimal("2147483648"), "integer", std::nullopt},
      {decimal("-0"), "integer", std::nullopt},
      {decimal("1E+1"), "integer", "10"},
      {int32(-1), "bigint", "-1"},
      {int64(kInt64Max), "bigint", "9223372036854775807"},
      {int64(kInt64Min), "bigint", "-9223372036854775808"},
      {real(9'223'372'036'854'774'784.0), "bigint", "9223372036854774784"},
      {real(9'223'372'036'854'775'808.0), "bigint", std::nullopt},
      {real(-9'223'372'036'854'775'808.0), "bigint", "-9223372036854775808"},
      {real(-9'223'372'036'854'777'856.0), "bigint", std::nullopt},
      {real(-0.0), "bigint", std::nullopt},
      {real(1.5), "bigint", std::nullopt},
      {real(HUGE_VAL), "bigint", std::nullopt},
      {decimal("9223372036854775807"), "bigint", "9223372036854775807"},
      {decimal("9223372036854775808"), "bigint", std::nullopt},
      {decimal("-9223372036854775808"), "bigint", "-9223372036854775808"},
      {decimal("-9223372036854775809"), "bigint", std::nullopt},
      {decimal("0E+3"), "bigint", "0"},
      {decimal("-0E+3"), "bigint", std::nullopt},
      {decimal("0.5"), "bigint", std::nullopt},
      {decimal("NaN"), "bigint", std::nullopt},
  };
}

std::vector<FitCase> real_cases() {
  return {
      {real(0.1), "double precision", "0.1"},
      {real(-0.0), "double precision", "-0"},
      {real(NAN), "double precision", "NaN"},
      {real(-HUGE_VAL), "double precision", "-Infinity"},
      {real(5e-324), "double precision", "5e-324"},
      {int32(7), "double precision", "7"},
      {int64(9'007'199'254'740'992), "double precision", "9007199254740992"},
      {int64(9'007'199'254'740'993), "double precision", std::nullopt},
      {int64(kInt64Max), "double precision", std::nullopt},
      {int64(kInt64Min), "double precision", "-9223372036854775808"},
      {decimal("0.5"), "double precision", "0.5"},
      {decimal("0.1"), "double precision", std::nullopt},
      {decimal("-0"), "double precision", "-0"},
      {decimal("NaN"), "double precision", "NaN"},
      {decimal("Infinity"), "double precision", "Infinity"},
      {decimal("1E+6144"), "double precision", std::nullopt},
  };
}

std::vector<FitCase> numeric_cases() {
  return {
      {int32(999), "numeric(5,2)", "999.00"},
      {int32(1'000), "numeric(5,2)", std::nullopt},
      {int64(kInt64Min), "numeric(19,0)", "-9223372036854775808"},
      {int64(kInt64Min), "numeric(18,0)", std::nullopt},
      {int64(kInt64Max), "numeric", "9223372036854775807"},
      {decimal("999.99"), "numeric(5,2)", "999.99"},
      {decimal("999.990"), "numeric(5,2)", "999.990"},
      {decimal("999.995"), "numeric(5,2)", std::nullopt},
      {decimal("-0"), "numeric(5,2)", std::nullopt},
      {decimal("-0"), "numeric", std::nullopt},
      {decimal("NaN"), "numeric(5,2)", "NaN"},
      {decimal("Infinity"), "numeric(5,2)", std::nullopt},
      {decimal("Infinity"), "numeric", "Infinity"},
      {decimal("1E+6144"), "numeric", "1" + std::string(6'144, '0')},
      {decimal("1E-6176"), "numeric", "0." + std::string(6'175, '0') + "1"},
      {real(0.1), "numeric", "0.1"},
      {real(0.1), "numeric(5,2)", "0.10"},
      {real(0.125), "numeric(5,2)", std::nullopt},
      {real(-0.0), "numeric", std::nullopt},
      {real(NAN), "numeric", "NaN"},
      {real(-HUGE_VAL), "numeric", "-Infinity"},
      {real(HUGE_VAL), "numeric(5,2)", std::nullopt},
  };
}

std::vector<FitCase> time_cases() {
  return {
      {date(0), "timestamp with time zone", "1970-01-01 00:00:00+00"},
      {date(1'720'739'862'907), "timestamp with time zone", "2024-07-11 23:17:42.907+00"},
      {date(-1), "timestamp with time zone", "1969-12-31 23:59:59.999+00"},
      {date(-62'135'596'800'001), "timestamp with time zone", "0001-12-31 23:59:59.999+00 BC"},
      {date(253'402'300'800'000), "timestamp with time zone", "10000-01-01 00:00:00+00"},
      {date(-210'866'803'200'000), "timestamp with time zone", "4714-11-24 00:00:00+00 BC"},
      {date(-210'866'803'200'001), "timestamp with time zone", std::nullopt},
      {date(9'224'318'015'999'999), "timestamp with time zone", "294276-12-31 23:59:59.999+00"},
      {date(9'224'318'016'000'000), "timestamp with time zone", std::nullopt},
      {date(kInt64Max), "timestamp with time zone", std::nullopt},
      {date(kInt64Min), "timestamp with time zone", std::nullopt},
  };
}

std::vector<FitCase> array_cases() {
  const BsonBuilder numbers = BsonBuilder().int32("0", 1).null("1").real("2", -3);
  const BsonBuilder texts =
      BsonBuilder().string("0", "a b").string("1", "\"\\").string("2", "NULL").string("3", "");
  return {
      {list(BsonBuilder()), "bigint[]", "{}"},
      {list(numbers), "bigint[]", "{1,NULL,-3}"},
      {list(BsonBuilder().int32("0", 1).real("1", 0.5)), "bigint[]", std::nullopt},
      {int32(1), "bigint[]", std::nullopt},
      {list(numbers), "bigint", std::nullopt},
      {list(texts), "text[]", R"({"a b","\"\\","NULL",""})"},
      {list(BsonBuilder().array("0", numbers)), "bigint[]", std::nullopt},
      {list(BsonBuilder().boolean("0", true)), "boolean[]", "{t}"},
      {list(BsonBuilder().decimal("0", "1.10")), "numeric[]", "{1.10}"},
      {list(BsonBuilder().real("0", NAN).real("1", 0.1)), "double precision[]", "{NaN,0.1}"},
      {list(BsonBuilder().date("0", 0)),
       "timestamp with time zone[]",
       R"({"1970-01-01 00:00:00+00"})"},
      {list(BsonBuilder().binary("0", 4, kUuid)),
       "uuid[]",
       "{00112233-4455-6677-8899-aabbccddeeff}"},
      {list(BsonBuilder().binary("0", 0, "\xFF")), "bytea[]", R"({"\\xff"})"},
      {list(BsonBuilder().string("0", "a").array("1", numbers)),
       "json[]",
       R"({"\"a\"","[1,null,-3.0]"})"},
      {BsonBuilder().document("v", numbers), "json[]", std::nullopt},
  };
}

std::vector<FitCase> all_cases() {
  std::vector<FitCase> all;
  for (const auto& part :
       {text_cases(), integer_cases(), real_cases(), numeric_cases(), time_cases(), array_cases()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(FitTableTest, ValuesFitExactlyOrNotAtAll) {
  for (const FitCase& each : all_cases()) {
    const Outcome outcome = fit(each.value, {.type = parse_column_type(each.type).value()});
    if (each.expected) {
      EXPECT_EQ(outcome.rejection, Rejection::none) << each.type << " <- " << *each.expected;
      EXPECT_EQ(outcome.text, *each.expected) << each.type;
    } else {
      EXPECT_EQ(outcome.rejection, Rejection::misfit) << each.type << " took " << outcome.text;
    }
  }
}

// A cell of the table without a case, or with a condition and no case beyond it, is not tested.
TEST(FitTableTest, EveryCellHasACaseOnEachSide) {
  std::set<std::pair<BsonType, TypeName>> fitting;
  std::set<std::pair<BsonType, TypeName>> refused;
  for (const FitCase& each : all_cases()) {
    const ColumnType type = parse_column_type(each.type).value();
    if (type.is_array) continue;
    const Outcome outcome = fit(each.value, {.type = type});
    (each.expected ? fitting : refused).insert({outcome.from, type.name});
  }
  std::size_t fit_count = 0;
  for (const BsonType from : kAllTypes) {
    for (std::size_t i = 0; i < kTypeNames; ++i) {
      const auto to = static_cast<TypeName>(i);
      const Fit* const cell = find_fit(from, to);
      if (cell == nullptr) continue;
      ++fit_count;
      EXPECT_TRUE(fitting.contains({from, to})) << static_cast<int>(from) << " " << i;
      if (!cell->condition.empty() && cell->condition != "as 24 hex digits") {
        EXPECT_TRUE(refused.contains({from, to})) << static_cast<int>(from) << " " << i;
      }
    }
  }
  EXPECT_EQ(fit_count, 23U);
}

// A value of each type.
BsonBuilder sample(BsonType type) {
  const std::string scope = string_value("x") + as_text(BsonBuilder().bytes());
  const std::map<BsonType, std::string> values = {
      {BsonType::double_, std::string(8, '\0')},
      {BsonType::string, string_value("x")},
      {BsonType::document, as_text(BsonBuilder().bytes())},
      {BsonType::array, as_text(BsonBuilder().bytes())},
      {BsonType::binary, little_endian(1, 4) + "\x80x"},
      {BsonType::undefined, ""},
      {BsonType::object_id, std::string(12, 'o')},
      {BsonType::boolean, "\1"},
      {BsonType::date, std::string(8, '\0')},
      {BsonType::regex, "a\0i\0"s},
      {BsonType::db_pointer, string_value("c") + std::string(12, 'o')},
      {BsonType::code, string_value("x")},
      {BsonType::symbol, string_value("x")},
      {BsonType::code_with_scope, little_endian(scope.size() + 4, 4) + scope},
      {BsonType::int32, little_endian(1, 4)},
      {BsonType::timestamp, little_endian(1, 8)},
      {BsonType::int64, little_endian(1, 8)},
      {BsonType::decimal128, as_text(decimal("1").bytes()).substr(7, 16)},
      {BsonType::max_key, ""},
      {BsonType::min_key, ""}};
  return BsonBuilder().raw(static_cast<std::uint8_t>(type), "v", values.at(type));
}

TEST(FitTableTest, WhatIsNotInTheTableIsAMisfit) {
  std::size_t misfit_count = 0;
  for (const BsonType from : kAllTypes) {
    for (std::size_t i = 0; i < kTypeNames; ++i) {
      const auto to = static_cast<TypeName>(i);
      if (to == TypeName::json || find_fit(from, to) != nullptr) continue;
      ++misfit_count;
      EXPECT_EQ(fit(sample(from), {.type = {.name = to}}).rejection, Rejection::misfit);
    }
  }
  EXPECT_EQ(misfit_count, 20U * 9 - 23);
}

TEST(FitTableTest, JsonTakesEverythingInTheFormOfTheMapping) {
  const ColumnType json{.name = TypeName::json};
  for (const BsonType from : kAllTypes) {
    const BsonBuilder value = sample(from);
    EXPECT_EQ(fit(value, {.type = json}).rejection, Rejection::none);
    const Rejection in_object = fit(value, {.type = json, .target = JsonTarget::cratedb}).rejection;
    EXPECT_EQ(in_object, from == BsonType::document ? Rejection::none : Rejection::misfit)
        << "OBJECT takes documents only";
  }
  EXPECT_EQ(fit(int32(1), {.type = json, .json = JsonForm::extended}).text,
            R"({"$numberInt":"1"})");
  EXPECT_EQ(fit(text("\xFF"), {.type = json}).text, R"({"$string":{"base64":"/w=="}})");
  EXPECT_EQ(
      fit(BsonBuilder().document("v", BsonBuilder().null("a").null("a")), {.type = json}).rejection,
      Rejection::duplicate_key);
}

ColumnRule crate(const char* type) {
  return {.type = parse_column_type(type).value(), .target = JsonTarget::cratedb};
}

TEST(FitTableTest, CratedbGetsTextWhereItReadsBinaryWrong) {
  EXPECT_TRUE(travels_as_text(crate("numeric").type, JsonTarget::cratedb));
  EXPECT_FALSE(travels_as_text(crate("numeric").type, JsonTarget::postgresql));
  EXPECT_EQ(fit(decimal("1.10"), crate("numeric(5,2)")).text, "1.10");
  EXPECT_EQ(fit(binary(4, kUuid), crate("uuid")).text, "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(fit(real(NAN), crate("numeric")).rejection, Rejection::misfit);
  EXPECT_EQ(fit(int32(5), crate("bigint")).text, "5");
}

// Each fits PostgreSQL's column of the type.
TEST(FitTableTest, WhatCratedbWouldRefuseIsAMisfitThere) {
  ColumnRule key = crate("double precision");
  key.is_key = true;
  const std::string longest(kCrateTextBytesMax, 'x');
  EXPECT_EQ(fit(text(longest), crate("text")).rejection, Rejection::none);
  EXPECT_EQ(fit(text(longest + "x"), crate("text")).rejection, Rejection::misfit);
  EXPECT_EQ(fit(text(longest + "x"), {.type = {}}).rejection, Rejection::none);
  EXPECT_EQ(fit(int64(kInt64Max - 1), crate("bigint")).rejection, Rejection::none);
  EXPECT_EQ(fit(int64(kInt64Max), crate("bigint")).rejection, Rejection::misfit);
  EXPECT_EQ(fit(int64(-kInt64Max), crate("bigint")).rejection, Rejection::none);
  EXPECT_EQ(fit(int64(kInt64Min), crate("bigint")).rejection, Rejection::misfit);
  EXPECT_EQ(fit(real(-0.0), crate("double precision")).rejection, Rejection::none);
  EXPECT_EQ(fit(real(-0.0), key).rejection, Rejection::misfit);
  EXPECT_EQ(fit(decimal("-0"), key).rejection, Rejection::misfit);
}

TEST(FitTableTest, TimesInAListOfCratedbAreMilliseconds) {
  const BsonBuilder times =
      BsonBuilder().array("v", BsonBuilder().date("0", -62'167'219'200'001).null("1"));
  EXPECT_EQ(fit(times, crate("timestamp with time zone[]")).text, "{-62167219200001,NULL}");
}

TEST(FitTableTest, AMillionElementsArePutInOneText) {
  std::string elements;
  for (int i = 0; i < 1'000'000; ++i)
    elements +=
        "\x10"
        "0\0\7\0\0\0"s;
  const std::string bytes = little_endian(elements.size() + 5, 4) + elements + std::string(1, '\0');
  const Outcome outcome =
      fit(BsonBuilder().raw(0x04, "v", bytes), {.type = parse_column_type("integer[]").value()});
  EXPECT_EQ(outcome.text.size(), 2'000'001U);
}

}  // namespace
}  // namespace relay
