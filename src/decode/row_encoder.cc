#include "decode/row_encoder.h"

#include <cstdint>

#include "mapping/table_shape.h"

namespace relay {
namespace {

// Types of PostgreSQL's catalogue; CrateDB uses the same numbers on the wire.
constexpr std::uint32_t kJsonOid = 114;

}  // namespace

RowBlock RowEncoder::make_upserts(ChunkLimits limits) const {
  // To PostgreSQL JSON travels as text: an array of jsonb costs the server a third more
  // (plan/sql_text.h).
  return {{kTextOid, target_ == JsonTarget::postgresql ? kTextOid : kJsonOid}, limits};
}

RowBlock RowEncoder::make_removals(ChunkLimits limits) const {
  return {{kTextOid}, limits};
}

Rejection RowEncoder::add_upsert(std::string_view key,
                                 RawDocument document,
                                 RowBlock& block) const {
  block.begin_row();
  block.add_cell(key);
  std::string& cell = block.begin_cell();
  const Rejection rejection = append_json(document, mapping_.json, target_, cell);
  if (rejection != Rejection::none) {
    block.discard_row();
    return rejection;
  }
  block.end_cell();
  block.end_row();
  return Rejection::none;
}

void RowEncoder::add_removal(std::string_view key, RowBlock& block) {
  block.begin_row();
  block.add_cell(key);
  block.end_row();
}

}  // namespace relay
