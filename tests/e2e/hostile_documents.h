// Documents that somebody made to break things. Keys say what they are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "e2e/bson.h"

namespace relay {

Bson with_id(const std::string& key);
Bson with_text(const std::string& key, const std::string& name, const std::string& text);
// `levels` documents or arrays below the outermost document.
Bson with_depth(const std::string& key, int levels, bool is_array);
// `list` has a million elements.
Bson with_million(const std::string& key);

// Values and names with NUL, surrogates, quotes, SQL, whatever a writer may forget.
std::vector<Bson> hostile_texts();
std::vector<Bson> hostile_names();
// What a reader of Extended JSON would take for something else.
std::vector<Bson> look_alikes();
// Dates in `at` and decimals in `total`, keys date0.. and decimal0...
std::vector<Bson> ends_of_types();
// An _id of every type that the server takes for one, as Extended JSON, and its key text.
std::vector<std::pair<std::string, std::string>> ids_and_keys();

}  // namespace relay
