// What is fuzzed: code that reads bytes of others. Each takes any bytes and aborts when a promise
// about them is broken; what it computes is of no interest.
#pragma once

#include <cstdint>
#include <span>

namespace relay {

using FuzzInput = std::span<const std::uint8_t>;

void fuzz_json(FuzzInput input);          // BSON to JSON, every form; what comes out is JSON.
void fuzz_key_text(FuzzInput input);      // BSON to key text, and back to an equal key.
void fuzz_typed_row(FuzzInput input);     // BSON to rows with columns of every type.
void fuzz_event(FuzzInput input);         // BSON to change events, fragments, cut changes.
void fuzz_config(FuzzInput input);        // A file of settings, with [[table]].
void fuzz_mapping_file(FuzzInput input);  // A mapping file, and what is written of it read again.

}  // namespace relay
