// Types a column may have: docs/types.md says what fits into them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay {

enum class TypeName : std::uint8_t {
  text,
  boolean,
  integer,
  bigint,
  double_precision,
  numeric,
  timestamp,  // timestamp with time zone
  uuid,
  bytea,
  json,
};

struct ColumnType {
  TypeName name = TypeName::text;
  int precision = 0;  // Of numeric(p,s); 0: numeric without bounds.
  int scale = 0;
  bool is_array = false;

  bool operator==(const ColumnType&) const = default;
};

// As the settings write it: "numeric(18,2)", "bigint[]", "timestamp with time zone". nullopt: no
// type.
std::optional<ColumnType> parse_column_type(std::string_view text);
std::string format_column_type(const ColumnType& type);

}  // namespace relay
