// The result of a comparison as JSON, one document: docs/verify.md. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/verify_text.h"

namespace relay {

struct ListedDifference {
  std::string kind;  // "missing", "extra" or "differs".
  std::string key;
};
using ListedDifferences = std::map<std::string, std::vector<ListedDifference>>;  // By table.

std::string render_verify_json(const std::vector<VerifiedTable>& tables,
                               const ListedDifferences& listed);

}  // namespace relay
