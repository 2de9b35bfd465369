#include "pipeline/row_maker.h"

#include <bson/bson.h>
#include <gtest/gtest.h>

#include "support/fake_sink.h"

namespace relay {
namespace {

// {_id: key, n: n, secret: "s"}
std::string make_document(int key, int n) {
  bson_t* document = BCON_NEW("_id", BCON_INT32(key), "n", BCON_INT32(n), "secret", BCON_UTF8("s"));
  std::string bytes(reinterpret_cast<const char*>(bson_get_data(document)), document->len);
  bson_destroy(document);
  return bytes;
}

RawDocument view_of_bytes(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

class RowMakerTest : public testing::Test {
 protected:
  PlannedWrite make_write(int key) {
    PlannedWrite write;
    write.table = &table;
    write.operation = OperationType::insert;
    write.operation_name = "insert";
    write.key = std::to_string(key);
    write.token = {.data = "82ab", .type_bits = {}};
    write.cluster_time = {10, 1};
    return write;
  }

  TableMapping table{.from = {"d", "c"}, .to = {"s", "t"}};
  Encoders encoders{JsonTarget::postgresql};
};

// It may have been wanted before it changed.
TEST_F(RowMakerTest, ADocumentThatTheFilterDoesNotWantIsRemoved) {
  table.where = {{.path = {"n"}, .comparison = Comparison::at_least, .values = {std::int64_t{3}}}};
  RowMaker maker(encoders);
  const std::string wanted = make_document(1, 3);
  const std::string unwanted = make_document(2, 2);
  for (const auto& [key, bytes] : {std::pair(1, &wanted), std::pair(2, &unwanted)}) {
    PlannedWrite write = make_write(key);
    write.document_key = view_of_bytes(*bytes);
    maker.add(write, view_of_bytes(*bytes));
  }
  const Batch batch = maker.take();
  ASSERT_EQ(batch.tables.size(), 1U);
  EXPECT_EQ(batch.tables[0].upserts.row_count(), 1U);
  ASSERT_EQ(batch.tables[0].removals.row_count(), 1U);
  EXPECT_EQ(cells_of(batch.tables[0].removals.chunks()[0], 0).at(0), "2");
}

TEST_F(RowMakerTest, ARejectedDocumentIsALetterWithoutWhatIsExcluded) {
  table.exclude = {{"secret"}};
  table.columns = {{.name = "id", .path = {"_id"}, .type = {}, .is_key = true},
                   {.name = "n", .path = {"n"}, .type = {.name = TypeName::boolean}}};
  table.rest = "";
  RowMaker maker(encoders);
  const std::string bytes = make_document(1, 3);
  maker.add(make_write(1), view_of_bytes(bytes));
  const Batch batch = maker.take();
  ASSERT_EQ(batch.dead_letters.size(), 1U);
  EXPECT_EQ(batch.dead_letters[0].reason, "misfit");
  EXPECT_EQ(batch.dead_letters[0].operation, "insert");
  EXPECT_EQ(batch.dead_letters[0].position, "82ab");
  EXPECT_EQ(batch.dead_letters[0].document.find("secret"), std::string::npos);
  EXPECT_NE(batch.dead_letters[0].document.find("\"n\""), std::string::npos);
}

TEST_F(RowMakerTest, ALogHasARowForEachEventAndForEachDocumentOfASnapshot) {
  table.mode = MappingMode::append;
  RowMaker maker(encoders);
  const std::string bytes = make_document(7, 3);
  PlannedWrite write = make_write(7);
  write.document_key = view_of_bytes(bytes);
  maker.add(write, view_of_bytes(bytes));
  write.token = {};
  maker.add(write, view_of_bytes(bytes));
  const Batch batch = maker.take();
  ASSERT_EQ(batch.tables.at(0).upserts.row_count(), 2U);
  const std::vector<std::string> positions = cells_of(batch.tables[0].upserts.chunks()[0], 0);
  EXPECT_EQ(positions, (std::vector<std::string>{"82ab", "snapshot:7"}));
  const std::vector<std::string> operations = cells_of(batch.tables[0].upserts.chunks()[0], 3);
  EXPECT_EQ(operations, (std::vector<std::string>{"insert", "snapshot"}));
}

TEST_F(RowMakerTest, MisfitsAreCountedOnce) {
  table.columns = {{.name = "id", .path = {"_id"}, .type = {}, .is_key = true},
                   {.name = "n", .path = {"n"}, .type = {.name = TypeName::boolean}}};
  RowMaker maker(encoders);
  const std::string bytes = make_document(1, 3);
  maker.add(make_write(1), view_of_bytes(bytes));
  EXPECT_EQ(encoders.take_misfits().at("s.t").at("n"), 1U);
  EXPECT_TRUE(encoders.take_misfits().empty());
}

}  // namespace
}  // namespace relay
