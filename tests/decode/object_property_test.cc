// No value changes in silence: random documents, written for OBJECT(DYNAMIC), stored as CrateDB was
// measured to store them, and compared with what they were. Also with a writer that begins anew,
// with the types of the table as they are by then. RELAY_TEST_SEED repeats a run.
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "crate_double/document_check.h"
#include "crate_double/object_model.h"
#include "decode/bson_builder.h"
#include "decode/object_writer.h"
#include "decode/seed.h"

namespace relay {
namespace {

constexpr int kDocuments = 5'000;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  BsonBuilder document(int depth) {
    BsonBuilder builder;
    for (int i = 0, count = pick(5); i < count; ++i)
      add(builder, name() + std::to_string(i), depth);
    return builder;
  }

  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

 private:
  std::string name() {
    static const std::vector<std::string> kNames = {"a", "b", "c", "d", "a.b", "x[", "e'", ""};
    return kNames[static_cast<std::size_t>(pick(static_cast<int>(kNames.size())))];
  }

  void add(BsonBuilder& builder, const std::string& field, int depth) {
    switch (pick(depth < 4 ? 15 : 13)) {
      case 0:
        builder.int32(field, pick(10));
        break;
      case 1:
        builder.int64(field, static_cast<std::int64_t>(random_()));
        break;
      case 2:
        builder.real(field, pick(10));
        break;
      case 3:
        builder.real(field, pick(100) / 8.0);
        break;
      case 4:
        builder.string(field, std::to_string(pick(100)));
        break;
      case 5:
        builder.string(field, R"({"x":1})");
        break;
      case 6:
        builder.boolean(field, pick(2) == 0);
        break;
      case 7:
        builder.null(field);
        break;
      case 8:
        builder.object_id(field, "abcdefghijkl");
        break;
      case 9:
        builder.date(field, static_cast<std::int64_t>(random_() >> 10U));
        break;
      case 10:
        builder.decimal(field, "1.10");
        break;
      case 11:
        builder.timestamp(field, 1, 2);
        break;
      case 12:
        builder.real(field, pick(2) == 0 ? -0.0 : 1e300);
        break;
      case 13:
        builder.document(field, document(depth + 1));
        break;
      default:
        builder.array(field, array(depth + 1));
        break;
    }
  }

  // Mostly of one kind.
  BsonBuilder array(int depth) {
    BsonBuilder builder;
    const int kind = pick(4);
    for (int i = 0, count = pick(4); i < count; ++i) {
      const std::string index = std::to_string(i);
      if (kind == 0) builder.int32(index, pick(10));
      if (kind == 1) builder.string(index, "x");
      if (kind == 2) builder.document(index, document(depth + 1));
      if (kind == 3) add(builder, index, depth);
    }
    return builder;
  }

  std::mt19937_64 random_;
};

std::vector<SubColumn> to_known(const SubColumns& columns) {
  std::vector<SubColumn> known;
  for (const auto& [path, type] : columns) {
    SubColumn column{.path = {}, .type = type};
    for (std::size_t at = 2, end = 0; end != path.size() - 2; at = end + 4) {
      end = std::min(path.find("']['", at), path.size() - 2);
      column.path.push_back(path.substr(at, end - at));
    }
    known.push_back(std::move(column));
  }
  return known;
}

TEST(ObjectPropertyTest, EveryDocumentIsStoredWithoutAChange) {
  const std::uint64_t seed = test_seed();
  Generator generator(seed);
  const PathTree tree({}, {});
  SubColumns table;
  std::unique_ptr<ObjectColumns> columns;
  std::unique_ptr<ObjectWriter> writer;
  std::size_t overflows = 0;
  for (int i = 0; i < kDocuments; ++i) {
    if (generator.pick(500) == 0) table.clear();  // Another table.
    if (i == 0 || table.empty() || generator.pick(100) == 0) {
      columns = std::make_unique<ObjectColumns>(to_known(table));
      writer = std::make_unique<ObjectWriter>(*columns);
    }
    const Bytes bytes = generator.document(0).bytes();
    std::string data;
    std::string overflow;
    ASSERT_EQ(writer->write(bytes, tree.root(), data, overflow), Rejection::none);
    const StoredObject stored = store_object(data, table, 990);
    ASSERT_EQ(stored.fate, StoredObject::Fate::stored) << data << " " << stored.error;
    std::string canonical;
    ASSERT_EQ(append_json(bytes, JsonForm::extended, JsonTarget::cratedb, canonical),
              Rejection::none);
    if (!overflow.empty()) ++overflows;
    const auto parsed =
        overflow.empty() ? nlohmann::json(nullptr) : nlohmann::json::parse(overflow);
    ASSERT_EQ(find_change(nlohmann::json::parse(canonical), stored.value, parsed), "")
        << canonical << "\ndata " << data << "\noverflow " << overflow;
  }
  EXPECT_GT(overflows, 0U);
  EXPECT_LT(overflows, static_cast<std::size_t>(kDocuments));
}

}  // namespace
}  // namespace relay
