// Mapping files for the tables of a plan: relay plan --write-schema.
#pragma once

#include <string>

#include "core/result.h"
#include "survey/plan_report.h"

namespace relay {

// Writes one for each mirror table with a sample, and names it in the report. The folder is made.
// config_invalid: one of the files is there already (none is written then), or cannot be written.
Status write_schema_files(const std::string& directory, PlanReport& report);

}  // namespace relay
