#include "verify/table_sides.h"

#include <utility>

#include "decode/key_parse.h"
#include "mapping/table_shape.h"

namespace relay {

Status TableSides::refresh() {
  if (table_->evolve == Evolve::add) {
    Result<LiveColumns> live = links_.reader.read_live_columns(*table_);
    if (!live.ok()) return live.error();
    const TableMapping* const next =
        links_.tables.take_live_columns(table_, std::move(live.value()));
    const bool is_as_before = next->columns.size() == table_->columns.size() &&
                              next->spare.size() == table_->spare.size();
    if (source_ && is_as_before) return ok_status();
    table_ = next;
  } else if (source_) {
    return ok_status();
  }
  source_.emplace(links_.source, *table_, links_.reader.target());
  target_.emplace(links_.reader, *table_);
  return ok_status();
}

std::string TableSides::make_id(const std::string& key, const std::string& text) {
  std::string id;
  if (!parse_key(shape_of(*table_).front().type, text, id)) return "";
  // Of several texts that read alike, the relay writes one.
  return source_->make_key(id) == key ? id : "";
}

}  // namespace relay
