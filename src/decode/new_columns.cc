#include "decode/new_columns.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mapping/column_name.h"

namespace relay {
namespace {

// nullopt: a value that says nothing about the field's type.
std::optional<TypeName> type_of(const BsonElement& element, JsonTarget target) {
  switch (element.type) {
    case BsonType::null:
    case BsonType::undefined:
      return std::nullopt;
    case BsonType::string:
    case BsonType::object_id:
      return TypeName::text;
    case BsonType::boolean:
      return TypeName::boolean;
    case BsonType::int32:
    case BsonType::int64:
      return TypeName::bigint;
    case BsonType::double_:
      return TypeName::double_precision;
    case BsonType::date:
      return TypeName::timestamp;
    case BsonType::document:
      return TypeName::json;
    case BsonType::array:
    case BsonType::binary:
    case BsonType::regex:
    case BsonType::db_pointer:
    case BsonType::code:
    case BsonType::symbol:
    case BsonType::code_with_scope:
    case BsonType::timestamp:
    case BsonType::decimal128:
    case BsonType::max_key:
    case BsonType::min_key:
      break;
  }
  // An OBJECT of CrateDB would refuse every one of these.
  if (target == JsonTarget::cratedb) return std::nullopt;
  return TypeName::json;
}

}  // namespace

void NewColumns::begin_row() {
  row_start_ = noted_.size();
  does_row_need_ = false;
}

void NewColumns::note(const BsonElement& element, std::size_t room) {
  const std::optional<TypeName> type = type_of(element, target_);
  if (!type) return;
  const std::string_view name = element.name();
  const bool is_noted = std::ranges::any_of(
      noted_, [&](const ColumnMapping& column) { return column.path.front() == name; });
  if (!is_noted) {
    const bool is_full = mapping_.columns.size() + noted_.size() >= kEvolvedColumnsMax;
    if (is_full || noted_.size() >= room) return;
    std::string column = name_new_column(mapping_, noted_, name, target_);
    if (column.empty()) return;
    const SpareColumn* const spare = find_spare(mapping_, column);
    const ColumnType column_type = spare == nullptr ? ColumnType{.name = *type} : *spare->type;
    noted_.push_back({.name = std::move(column), .path = {std::string(name)}, .type = column_type});
  }
  does_row_need_ = true;
}

void NewColumns::forget_row() {
  noted_.resize(row_start_);
  does_row_need_ = false;
}

std::vector<ColumnMapping> NewColumns::take() {
  row_start_ = 0;
  does_row_need_ = false;
  return std::exchange(noted_, {});
}

}  // namespace relay
