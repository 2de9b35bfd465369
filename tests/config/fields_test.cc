#include "config/fields.h"

#include <set>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(FieldsTest, EveryDefaultLiesInsideItsOwnBounds) {
  Settings settings;
  for (const Field<Settings>& field : setting_fields()) {
    const Slot slot = field.slot(settings);
    std::int64_t value = field.info.min;
    if (const auto* integer = std::get_if<std::int64_t*>(&slot)) value = **integer;
    if (const auto* duration = std::get_if<std::chrono::milliseconds*>(&slot)) {
      value = (*duration)->count();
    }
    if (const auto* text = std::get_if<std::string*>(&slot)) {
      value = static_cast<std::int64_t>((*text)->size());
    }
    if (const auto* word = std::get_if<WordSlot>(&slot)) {
      EXPECT_LT(word->get(), field.info.words.size()) << format_key(field.info);
    }
    EXPECT_GE(value, field.info.min) << format_key(field.info);
    EXPECT_LE(value, field.info.max) << format_key(field.info);
  }
}

// The slot must hold what the type says, else reading the setting would end the program.
template <class Owner>
void expect_slots_of_their_type(std::span<const Field<Owner>> fields) {
  Owner owner;
  for (const Field<Owner>& field : fields) {
    const std::string key = format_key(field.info);
    EXPECT_FALSE(field.info.help.empty()) << key;
    EXPECT_EQ(field.info.type == FieldType::word, !field.info.words.empty()) << key;
    if (field.slot == nullptr) {
      EXPECT_EQ(field.info.type, FieldType::shape) << key;
      continue;
    }
    const Slot slot = field.slot(owner);
    switch (field.info.type) {
      case FieldType::text:
        EXPECT_TRUE(std::holds_alternative<std::string*>(slot)) << key;
        break;
      case FieldType::uri:
      case FieldType::secret:
        EXPECT_TRUE(std::holds_alternative<Secret*>(slot)) << key;
        break;
      case FieldType::boolean:
        EXPECT_TRUE(std::holds_alternative<bool*>(slot)) << key;
        break;
      case FieldType::integer:
      case FieldType::size:
        EXPECT_TRUE(std::holds_alternative<std::int64_t*>(slot)) << key;
        break;
      case FieldType::duration:
        EXPECT_TRUE(std::holds_alternative<std::chrono::milliseconds*>(slot)) << key;
        break;
      case FieldType::word:
        EXPECT_TRUE(std::holds_alternative<WordSlot>(slot)) << key;
        break;
      case FieldType::start:
        EXPECT_TRUE(std::holds_alternative<StreamStart*>(slot)) << key;
        break;
      case FieldType::shape:
        ADD_FAILURE() << key;
        break;
    }
  }
}

TEST(FieldsTest, EverySettingHasHelpAndASlotOfItsType) {
  expect_slots_of_their_type(setting_fields());
  expect_slots_of_their_type(table_fields());
  expect_slots_of_their_type(column_fields());
  expect_slots_of_their_type(filter_fields());
}

TEST(FieldsTest, NoKeyEnvironmentNameOrSlotIsUsedTwice) {
  Settings settings;
  std::set<std::string> names;
  std::set<const void*> places;
  for (const Field<Settings>& field : setting_fields()) {
    EXPECT_TRUE(names.insert(format_key(field.info)).second) << format_key(field.info);
    EXPECT_TRUE(names.insert(format_environment_name(field.info)).second);
    const Slot slot = field.slot(settings);
    const void* place = std::visit(
        [](const auto& each) -> const void* {
          if constexpr (std::is_pointer_v<std::decay_t<decltype(each)>>) return each;
          return nullptr;
        },
        slot);
    if (place != nullptr) {
      EXPECT_TRUE(places.insert(place).second) << format_key(field.info);
    }
  }
}

TEST(FieldsTest, WordsAreSetAndReadBackByTheirIndex) {
  Settings settings;
  for (const Field<Settings>& field : setting_fields()) {
    const Slot slot = field.slot(settings);
    const auto* word = std::get_if<WordSlot>(&slot);
    if (word == nullptr) continue;
    for (std::size_t i = 0; i < field.info.words.size(); ++i) {
      word->set(i);
      EXPECT_EQ(word->get(), i);
    }
  }
  EXPECT_EQ(settings.log.format, LogFormat::json);
  EXPECT_EQ(settings.log.level, LogLevel::error);
  EXPECT_EQ(settings.source.updates, UpdateMode::post_image);
  EXPECT_EQ(settings.stream.on_position_lost, PositionLostPolicy::stop);
}

TEST(FieldsTest, EnvironmentNamesAreSectionAndKeyInUpperCase) {
  std::set<std::string> names;
  for (const Field<Settings>& field : setting_fields()) {
    names.insert(format_environment_name(field.info));
  }
  for (const char* name : {"RELAY_SOURCE_URI",
                           "RELAY_TARGET_URI",
                           "RELAY_TARGET_BATCH_ROWS",
                           "RELAY_STREAM_ON_POSITION_LOST",
                           "RELAY_DEAD_LETTER_LIMIT",
                           "RELAY_HTTP_TOKEN"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

}  // namespace
}  // namespace relay
