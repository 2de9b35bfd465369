// The `where` of a mapping: which documents belong into the table.
//
// Numbers are compared with numbers, by their exact values whatever their types; texts with texts,
// by their bytes; booleans with booleans; dates with times. Anything else holds no condition, also
// no `!=`: neither a value of another type nor a missing field nor null. `exists` alone looks at
// the field only, and null is there. NaN equals NaN and is neither less nor greater than a number.
// Paths lead through documents, not through arrays.
#pragma once

#include <vector>

#include "core/raw_document.h"
#include "mapping/table_mapping.h"

namespace relay {

class DocumentFilter {
 public:
  // `conditions` outlive the filter.
  explicit DocumentFilter(const std::vector<FilterCondition>& conditions)
      : conditions_(conditions) {}

  // All conditions hold. Malformed documents are wanted: their rows will be rejected, not left out.
  [[nodiscard]] bool matches(RawDocument document) const {
    return conditions_.empty() || match_all(document);
  }

 private:
  [[nodiscard]] bool match_all(RawDocument document) const;

  const std::vector<FilterCondition>& conditions_;
};

}  // namespace relay
