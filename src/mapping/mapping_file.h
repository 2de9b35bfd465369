// Mapping files: the columns of a table in a file of their own (schema_file = "..."), as
// `relay plan --write-schema` writes them. TOML with the keys of [[table]]:
//
//   rest = "data"
//   columns = [
//     { name = "id", path = "_id", type = "text", key = true },
//     { name = "city", path = "address.city", type = "text", default = "n/a" },
//   ]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

struct MappingFile {
  std::vector<ColumnMapping> columns;
  std::optional<std::string> rest;  // nullopt: the file says nothing about it.
};

// config_invalid: cannot be read, or as parse_mapping_file() says.
Result<MappingFile> read_mapping_file(const std::string& path);

// config_invalid: "NAME:3:7: ..." with line and column: not valid TOML, an unknown key, a value of
// the wrong type, no columns. Whether the columns make sense together: check_rule.h.
Result<MappingFile> parse_mapping_file(const std::string& text, const std::string& name);

// What parse_mapping_file() reads back to the same. Paths have no name with a dot.
std::string format_mapping_file(const MappingFile& file);

}  // namespace relay
