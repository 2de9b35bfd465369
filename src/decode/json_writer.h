// BSON documents as JSON text: docs/values.md, "JSON". The text is the same for the same bytes on
// every machine, under every locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/raw_document.h"
#include "core/target_kind.h"
#include "mapping/table_mapping.h"

namespace relay {

// Whose reader the text is for; only plain dates differ.
using JsonTarget = TargetKind;

// Why a document cannot become a row.
enum class Rejection : std::uint8_t {
  none,
  duplicate_key,  // A name twice in one document.
  invalid_name,   // A field name that is not UTF-8.
  too_deep,       // Nested in more than kDepthMax levels.
  malformed,      // Not BSON.
  misfit,         // A value does not fit its column, and no JSON column can keep it.
  key_misfit,     // The key column cannot take the `_id`.
  key_too_long,   // No index takes the key.
};

// Levels of documents and arrays, the outermost included. The server stops at about 100 (180 for
// what its internal commands make).
inline constexpr std::size_t kDepthMax = 250;

// The word for it in dead letters: "duplicate_key".
std::string_view format_rejection(Rejection rejection);

// Appends the document's text. After a rejection `out` may end with part of it.
Rejection append_json(RawDocument document, JsonForm form, JsonTarget target, std::string& out);

// For dead letters: canonical Extended JSON of anything. Names that repeat are written as often as
// they occur; where a name is not UTF-8 the document is {"$base64Names":{...}} with all names in
// base64; bytes that are no document, or nested too deeply, are {"$bson":{"base64":"..."}}.
std::string format_dead_letter_document(RawDocument document);

}  // namespace relay
