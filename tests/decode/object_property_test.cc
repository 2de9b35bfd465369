// No value changes in silence: random documents, written for OBJECT(DYNAMIC), stored as CrateDB was
// measured to store them, and compared with what they were. Also with a writer that begins anew,
// with the types of the table as they are by then. RELAY_TEST_SEED repeats a run.
#include <string>

#include <gtest/gtest.h>

#include "crate_double/document_check.h"
#include "crate_double/object_model.h"
#include "decode/object_documents.h"
#include "decode/object_writer.h"
#include "decode/seed.h"

namespace relay {
namespace {

constexpr int kDocuments = 5'000;

std::vector<SubColumn> to_known(const SubColumns& columns) {
  std::vector<SubColumn> known;
  for (const auto& [path, type] : columns) {
    SubColumn column{.column = "data", .path = {}, .type = type};
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
  ObjectDocuments generator(seed);
  const PathTree tree({}, {});
  SubColumns table;
  std::unique_ptr<ObjectColumns> columns;
  std::unique_ptr<ObjectWriter> writer;
  std::size_t overflows = 0;
  for (int i = 0; i < kDocuments; ++i) {
    if (generator.pick(500) == 0) table.clear();  // Another table.
    if (i == 0 || table.empty() || generator.pick(100) == 0) {
      columns = std::make_unique<ObjectColumns>(to_known(table));
      writer = std::make_unique<ObjectWriter>(
          *columns, columns->column("data"), ValueForm::plain_cratedb);
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
