// A plan: both sides are asked, nothing is written to either.
#pragma once

#include "config/settings.h"
#include "core/result.h"
#include "source/source_survey.h"
#include "survey/plan_report.h"

namespace relay {

// An error: the settings, or a side that cannot be reached. Everything else is a finding.
Result<PlanReport> make_plan(const Settings& settings, const SampleLimits& limits);

}  // namespace relay
