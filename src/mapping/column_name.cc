#include "mapping/column_name.h"

#include <algorithm>
#include <array>

#include "mapping/table_name.h"

namespace relay {

bool is_system_column(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {
      "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool is_crate_system_column(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames = {"_id",
                                                       "_version",
                                                       "_score",
                                                       "_uid",
                                                       "_doc",
                                                       "_raw",
                                                       "_seq_no",
                                                       "_primary_term",
                                                       "_docid",
                                                       "_fetchid"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool is_crate_column_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '.' && c != '[' && c != '"';
  });
}

bool is_column_taken(const TableMapping& mapping, std::string_view name) {
  return name == mapping.rest || name == kDeletedAt ||
         std::ranges::find(mapping.columns, name, &ColumnMapping::name) != mapping.columns.end();
}

const SpareColumn* find_spare(const TableMapping& mapping, std::string_view name) {
  const auto found = std::ranges::find(mapping.spare, name, &SpareColumn::name);
  return found == mapping.spare.end() ? nullptr : &*found;
}

std::string name_new_column(const TableMapping& mapping,
                            std::span<const ColumnMapping> others,
                            std::string_view field,
                            TargetKind target) {
  const bool is_crate = target == TargetKind::cratedb;
  const Result<std::string> plain = fit_name(field);
  if (!plain.ok() || (is_crate && !is_crate_column_name(field))) return "";
  const auto is_free = [&](const std::string& name) {
    const SpareColumn* const spare = find_spare(mapping, name);
    if (spare != nullptr && !spare->type) return false;
    const bool is_overflow = name == kOverflow && !mapping.rest.empty();
    if (is_crate && (is_overflow || is_crate_system_column(name))) return false;
    return !is_system_column(name) && !is_column_taken(mapping, name) &&
           std::ranges::find(others, name, &ColumnMapping::name) == others.end();
  };
  if (is_free(plain.value())) return plain.value();
  std::string hashed = add_name_hash(field);
  return is_free(hashed) ? hashed : "";
}

}  // namespace relay
