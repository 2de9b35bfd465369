// GET /status: a report as JSON. docs/http.md says what each member means.
#pragma once

#include <string>

#include "observe/relay_report.h"

namespace relay {

// Indented, with a line end: people look at it, too.
std::string render_status_json(const RelayReport& report);

// {"error": "..."} and {"status": "accepted"}, the bodies of other answers.
std::string render_error_json(const std::string& message);
std::string render_accepted_json();

}  // namespace relay
