// The answer of GET /status as a page of text, for `relay status`. Pure.
#pragma once

#include <string>
#include <vector>

#include "checkpoint/state_reader.h"
#include "core/result.h"

namespace relay {

// check_failed: `json` is no such answer, so it was no relay that gave it. Members that are missing
// are passed over: the relay may be older or newer than this program.
Result<std::string> render_status_text(const std::string& json, const std::string& url);

// What is known of a relay that does not answer, in the same two forms. `trouble`: why it does not.
std::string render_stored_text(const std::vector<StoredStream>& streams,
                               const std::string& path,
                               const std::string& trouble);
std::string render_stored_json(const std::vector<StoredStream>& streams,
                               const std::string& trouble);

}  // namespace relay
