// Batches of documents for tables of every shape on CrateDB.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apply/crate_fixture.h"
#include "decode/bson_builder.h"
#include "decode/key_text.h"
#include "decode/row_encoder.h"

namespace relay {

class CrateTypedTest : public CrateSinkTest {
 protected:
  static ColumnMapping column(std::string name, const std::string& type, bool is_key = false) {
    return {.name = name,
            .path = {is_key ? "_id" : name},
            .type = parse_column_type(type).value(),
            .is_key = is_key};
  }

  static TableMapping orders() {
    TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
    mapping.columns = {column("id", "bigint", true),
                       column("total", "numeric(18,2)"),
                       column("at", "timestamp with time zone"),
                       column("tags", "text[]")};
    return mapping;
  }

  std::unique_ptr<Sink> make_sink_for(const TableMapping& mapping) {
    std::unique_ptr<Sink> sink = make_target_sink(crate_options());
    EXPECT_TRUE(sink->open().ok());
    EXPECT_TRUE(is_ok(sink->prepare(mapping)));
    encode_for(mapping);
    return sink;
  }

  // Of this mapping are the next batches.
  void encode_for(const TableMapping& mapping) {
    encoder_ = std::make_unique<RowEncoder>(mapping, JsonTarget::cratedb);
  }

  Batch batch_of(const TableMapping& mapping,
                 const std::vector<BsonBuilder>& documents,
                 const std::vector<BsonBuilder>& gone = {},
                 std::int64_t deleted_at_ms = 0) {
    Batch batch = make_batch({});
    batch.tables = {{.table = &mapping,
                     .upserts = encoder_->make_upserts(),
                     .removals = encoder_->make_removals()}};
    TableRows& rows = batch.tables.front();
    for (const BsonBuilder& document : documents) {
      const Bytes bytes = document.bytes();
      EXPECT_TRUE(encoder_->add_upsert(key_of(bytes), bytes, rows.upserts).is_added());
    }
    for (const BsonBuilder& document : gone) {
      const Bytes bytes = document.bytes();
      EXPECT_TRUE(encoder_->add_removal(key_of(bytes), bytes, deleted_at_ms, rows.removals));
    }
    rows.upserts.seal();
    rows.removals.seal();
    return batch;
  }

  static std::string key_of(const Bytes& document) {
    std::string key;
    EXPECT_TRUE(append_key_text(document, key));
    return key;
  }

  static BsonBuilder doc(std::int64_t id) { return BsonBuilder().int64("_id", id); }

  std::unique_ptr<RowEncoder> encoder_;
};

}  // namespace relay
