#include "mapping/table_shape.h"

#include <utility>

#include "mapping/column_name.h"

namespace relay {
namespace {

constexpr ColumnType kText{.name = TypeName::text};
constexpr ColumnType kJson{.name = TypeName::json};
constexpr ColumnType kTime{.name = TypeName::timestamp};

std::vector<ShapeColumn> append_shape() {
  const auto event = [](std::string name, ColumnType type) {
    return ShapeColumn{.name = std::move(name), .type = type, .role = ColumnRole::event};
  };
  return {
      {.name = "position", .type = kText, .role = ColumnRole::key, .is_nullable = false},
      event("cluster_time", kTime),
      event("wall_time", kTime),
      event("operation", kText),
      event("namespace", kText),
      event("document_key", kJson),
      event("document", kJson),
      event("change", kJson),
  };
}

ShapeColumn to_shape(const ColumnMapping& column, std::size_t index) {
  return {.name = column.name,
          .type = column.type,
          .role = column.is_key ? ColumnRole::key : ColumnRole::value,
          .is_nullable = !column.is_key,
          .mapped = static_cast<int>(index)};
}

}  // namespace

std::vector<ShapeColumn> shape_of(const TableMapping& mapping) {
  if (mapping.mode == MappingMode::append) return append_shape();
  std::vector<ShapeColumn> shape;
  if (mapping.columns.empty()) {
    shape.push_back({.name = "oid", .type = kText, .role = ColumnRole::key, .is_nullable = false});
  }
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    if (mapping.columns[i].is_key) shape.push_back(to_shape(mapping.columns[i], i));
  }
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    if (!mapping.columns[i].is_key) shape.push_back(to_shape(mapping.columns[i], i));
  }
  if (!mapping.rest.empty()) {
    shape.push_back(
        {.name = mapping.rest, .type = kJson, .role = ColumnRole::rest, .is_nullable = false});
  }
  if (mapping.on_delete == OnDelete::mark)
    shape.push_back({.name = "deleted_at", .type = kTime, .role = ColumnRole::deleted_at});
  return shape;
}

std::vector<ShapeColumn> shape_on(TargetKind target, const TableMapping& mapping) {
  std::vector<ShapeColumn> shape = shape_of(mapping);
  // Without a place for the rest a misfit has none either.
  const bool has_rest = mapping.mode == MappingMode::append || !mapping.rest.empty();
  if (target == TargetKind::cratedb && has_rest)
    shape.push_back({.name = std::string(kOverflow), .type = kText, .role = ColumnRole::overflow});
  return shape;
}

bool travels_as_text(const ColumnType& type, TargetKind target) {
  if (type.is_array) return true;
  return target == TargetKind::cratedb &&
         (type.name == TypeName::numeric || type.name == TypeName::uuid);
}

std::uint32_t element_oid(const ColumnType& type) {
  if (type.is_array) return kTextOid;
  switch (type.name) {
    case TypeName::text:
    case TypeName::json:
      return kTextOid;
    case TypeName::boolean:
      return 16;
    case TypeName::integer:
      return 23;
    case TypeName::bigint:
      return 20;
    case TypeName::double_precision:
      return 701;
    case TypeName::numeric:
      return 1700;
    case TypeName::timestamp:
      return 1184;
    case TypeName::uuid:
      return 2950;
    case TypeName::bytea:
      return 17;
  }
  return kTextOid;
}

}  // namespace relay
