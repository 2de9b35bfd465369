// What CrateDB makes of a document that arrives in an OBJECT(DYNAMIC) column: sub-columns get the
// type of the first value seen, later values are cast to it without a word, or their row is
// refused. Measured on 6.4.3; the tests name what.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace relay {

// Sub-columns by path: "['a']['b']" to "bigint", "text_array", "object", "undefined", ...
using SubColumns = std::map<std::string, std::string>;

struct StoredObject {
  enum class Fate : std::uint8_t {
    stored,   // Perhaps as something else: `value`.
    refused,  // The row is missing from an UNNEST's count; alone it is an error with `error`.
    dropped,  // The row is missing from every count, without an error ever.
  };
  Fate fate = Fate::stored;
  nlohmann::json value{};
  std::string error{};
  bool has_grown = false;  // The document brings a sub-column, or the type of one.
};

// Adds the sub-columns that the document brings; a document that is not stored brings none.
// `columns_max`: of the table, its own columns included.
StoredObject store_object(const std::string& text, SubColumns& columns, std::size_t columns_max);

}  // namespace relay
