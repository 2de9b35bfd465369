// Excluded paths cut out of an update's description, where paths stand as texts with dots:
//
//   {updatedFields: {"card.number": ..., "lines.0.card": {...}}, removedFields: ["card.number"],
//    truncatedArrays: [{field: "lines", newSize: 3}], disambiguatedPaths: {"a.0": ["a", 0]}}
//
// Such a text does not say whether a dot or a number belongs to a name. Whatever could be an
// excluded path counts as one: it is better to lose a change from the log than to show a value.
#pragma once

#include <cstdint>
#include <vector>

#include "core/raw_document.h"
#include "decode/path_tree.h"

namespace relay {

// The description without what is excluded, as a document of its own. Bytes that are no document
// come back as they are.
std::vector<std::uint8_t> cut_update_description(RawDocument description, const PathNode& root);

}  // namespace relay
