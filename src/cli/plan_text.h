// A plan as people and programs read it. Pure.
#pragma once

#include <string>

#include "survey/plan_report.h"

namespace relay {

// What both sides are, what would be made, what the fields hold, and at the end what to do.
std::string render_plan_text(const PlanReport& report);

// docs/plan.md names the members.
std::string render_plan_json(const PlanReport& report);

// "2 blockers, 1 warning"; "nothing is in the way".
std::string count_findings(const PlanReport& report);

}  // namespace relay
