#include "plan/table_limits.h"

#include "plan/crate_types.h"

namespace relay {
namespace {

// MaxHeapAttributeNumber of PostgreSQL.
constexpr std::size_t kPostgresColumnsMax = 1'600;
// mapping.total_fields.limit, CrateDB's default.
constexpr std::size_t kCrateColumnsMax = 1'000;

bool is_crate(TargetKind target) {
  return target == TargetKind::cratedb;
}

}  // namespace

std::size_t table_columns_max(TargetKind target) {
  return is_crate(target) ? kCrateColumnsMax : kPostgresColumnsMax;
}

bool has_column_type(TargetKind target, const ColumnType& type) {
  return !is_crate(target) || has_crate_type(type);
}

bool takes_any_json(TargetKind target) {
  return !is_crate(target);
}

std::string_view format_target(TargetKind target) {
  return is_crate(target) ? "CrateDB" : "PostgreSQL";
}

}  // namespace relay
