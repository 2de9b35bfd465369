// RowEncoder: documents as rows of one table, in the binary form the targets take
// (core/row_block.h).
#pragma once

#include <string_view>

#include "core/raw_document.h"
#include "core/row_block.h"
#include "decode/json_writer.h"
#include "mapping/table_mapping.h"

namespace relay {

class RowEncoder {
 public:
  // `mapping` outlives the encoder.
  RowEncoder(const TableMapping& mapping, JsonTarget target) : mapping_(mapping), target_(target) {}

  // Empty blocks with the columns of the table: key and data; key alone.
  [[nodiscard]] RowBlock make_upserts(ChunkLimits limits = {}) const;
  [[nodiscard]] RowBlock make_removals(ChunkLimits limits = {}) const;

  // Adds a row to a block of make_upserts(). After a rejection the block is as before.
  Rejection add_upsert(std::string_view key, RawDocument document, RowBlock& block) const;
  // Adds a row to a block of make_removals().
  static void add_removal(std::string_view key, RowBlock& block);

 private:
  const TableMapping& mapping_;
  JsonTarget target_;
};

}  // namespace relay
