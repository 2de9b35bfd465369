#include "apply/typed_rows.h"

#include "plan/sql_text.h"

namespace relay {
namespace {

RowBlock block_of(std::vector<std::uint32_t> oids, const std::vector<CellRow>& rows) {
  RowBlock block(std::move(oids), ChunkLimits{});
  for (const CellRow& row : rows) {
    block.begin_row();
    for (const Cell& cell : row) {
      if (cell) {
        block.add_cell(*cell);
      } else {
        block.add_null();
      }
    }
    block.end_row();
  }
  block.seal();
  return block;
}

}  // namespace

std::string TypedSinkTest::send(const std::string& type, const std::string& expression) {
  const std::string hex = look_.cell("SELECT encode(" + type + "send(" + expression + "), 'hex')");
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

Batch TypedSinkTest::batch_of(const TableMapping& mapping,
                              const std::vector<CellRow>& upserts,
                              const std::vector<CellRow>& removals) {
  Batch batch;
  batch.tables.push_back({.table = &mapping,
                          .upserts = block_of(upsert_element_oids(mapping), upserts),
                          .removals = block_of(removal_element_oids(mapping), removals)});
  batch.sequence = ++sequence_;
  batch.end = make_checkpoint(sequence_);
  return batch;
}

std::unique_ptr<Sink> TypedSinkTest::make_sink_for(const TableMapping& mapping) {
  std::unique_ptr<Sink> sink = make_sink();
  EXPECT_TRUE(sink->open().ok());
  EXPECT_TRUE(is_ok(sink->prepare(mapping)));
  return sink;
}

TableMapping TypedSinkTest::orders() {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.columns = {
      {.name = "id", .path = {"_id"}, .type = {.name = TypeName::bigint}, .is_key = true},
      {.name = "total",
       .path = {"total"},
       .type = {.name = TypeName::numeric, .precision = 18, .scale = 2}},
      {.name = "at", .path = {"at"}, .type = {.name = TypeName::timestamp}}};
  return mapping;
}

CellRow TypedSinkTest::order(std::int64_t id, const std::string& total, const std::string& data) {
  return {bigint(id), send("numeric_", total), std::nullopt, data};
}

}  // namespace relay
