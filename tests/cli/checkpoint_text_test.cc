#include "cli/checkpoint_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace relay {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::chrono::system_clock::time_point kNow{seconds(1'720'739'862)};
constexpr char kToken[] = "8266906816000000042B0229296E04";

StoredStream in_file() {
  return {.name = "orders",
          .position = {.token = kToken, .cluster_time = {0x66906816, 4}},
          .updated_at = "2024-07-11T23:17:43.000Z"};
}

TargetCheckpoint in_target() {
  return {.stream = "orders",
          .stored = Checkpoint{.position = {.token = "", .cluster_time = {1'720'000'000, 0}},
                               .pipeline_hash = ""},
          .owner = "0123",
          .epoch = 7,
          .lease_seconds_left = 2.1,
          .updated_at = 1'720'739'862.5,
          .tables_copied = 2,
          .tables = 3};
}

TEST(PlaceTest, IsATimeWithItsZone) {
  const Result<Position> place = parse_place("2024-07-11T23:17:42.907Z", kNow);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place.value(), (Position{.token = "", .cluster_time = {1'720'739'862, 0}}));
  EXPECT_EQ(parse_place("2024-07-12 01:17:42+02:00", kNow).value(), place.value());
}

TEST(PlaceTest, IsATokenWithItsTypeBits) {
  for (const std::string& text : {std::string(kToken), std::string(kToken) + ".82"}) {
    const Result<Position> place = parse_place(text, kNow);
    ASSERT_TRUE(place.ok()) << text;
    EXPECT_EQ(place.value(), (Position{.token = text, .cluster_time = {0x66906816, 4}}));
  }
}

TEST(PlaceTest, IsNothingElse) {
  for (const char* text :
       {"", "yesterday", "2024-07-11T23:17:42", "0", "82", "82669068160000000Z"}) {
    const Result<Position> place = parse_place(text, kNow);
    ASSERT_FALSE(place.ok()) << text;
    EXPECT_EQ(place.error().kind, ErrorKind::config_invalid);
    EXPECT_FALSE(place.error().hint.empty());
  }
}

// What happens until then would be passed over.
TEST(PlaceTest, IsNotInTheFuture) {
  EXPECT_TRUE(parse_place("2024-07-11T23:17:43Z", kNow).ok()) << "clocks differ";
  EXPECT_FALSE(parse_place("2024-07-12T23:17:43Z", kNow).ok());
  EXPECT_FALSE(parse_place(kToken, kNow - hours(1)).ok());
}

TEST(CheckpointTextTest, ShowsBothSidesOfEveryStream) {
  const std::string text =
      render_checkpoints_text(pair_up({"quiet", "orders"}, {in_file()}, {in_target()}));
  EXPECT_EQ(
      text,
      "  STREAM  WHERE       CLUSTER TIME             STORED AT                 LEASE         "
      "TABLES COPIED  POSITION\n"
      "  orders  state file  2024-07-11T23:17:42Z +4  2024-07-11T23:17:43.000Z                "
      "               8266906816000000042B0229296E04\n"
      "          target      2024-07-03T09:46:40Z     2024-07-11T23:17:42.500Z  held for 3 s  "
      "2 of 3         (at the time)\n"
      "  quiet   state file  nothing stored\n"
      "          target      nothing stored\n"
      "A start goes by the target; the state file is a copy.\n");
}

TEST(CheckpointTextTest, JsonHasTheSame) {
  const auto json =
      nlohmann::json::parse(render_checkpoints_json(pair_up({}, {in_file()}, {in_target()})));
  const auto& stream = json.at("streams").at(0);
  EXPECT_EQ(stream.at("name"), "orders");
  EXPECT_EQ(stream.at("state_file").at("position"), kToken);
  EXPECT_EQ(stream.at("state_file").at("cluster_time"), 0x66906816);
  EXPECT_TRUE(stream.at("target").at("position").is_null());
  EXPECT_EQ(stream.at("target").at("cluster_time"), 1'720'000'000);
  EXPECT_EQ(stream.at("target").at("epoch"), 7);
  EXPECT_EQ(stream.at("target").at("tables_copied"), 2);
  const auto forgotten = nlohmann::json::parse(
      render_checkpoints_json(pair_up({"orders"}, {}, {{.stream = "orders"}})));
  EXPECT_TRUE(forgotten.at("streams").at(0).at("state_file").is_null());
  EXPECT_TRUE(forgotten.at("streams").at(0).at("target").at("cluster_time").is_null());
}

}  // namespace
}  // namespace relay
