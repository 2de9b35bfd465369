// What the facts of a survey mean for whoever is about to start a relay. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/name_space.h"
#include "core/target_kind.h"
#include "survey/plan_report.h"

namespace relay {

// More columns than a table of the target can have.
std::vector<Finding> judge_columns(const TableMapping& mapping, TargetKind target);

// Dead letters and misfits that the sample would have made, values for `overflow`, and names too
// many.
std::vector<Finding> judge_sample(const PlannedTable& table);

// A full oplog against the time of the first copy.
std::vector<Finding> judge_oplog(std::chrono::seconds window,
                                 std::chrono::seconds snapshot_estimate);

// "string 990, int 10": the most frequent first.
std::string format_kinds(const KindCounts& kinds);

}  // namespace relay
