// PlanReport: everything that can be known before the first write. What relay plan prints.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/name_space.h"
#include "core/target_kind.h"
#include "mapping/table_mapping.h"
#include "survey/table_sample.h"

namespace relay {

enum class Severity : std::uint8_t {
  blocker,  // A relay that starts now would stop, or could never write this table.
  warning,  // It would run; somebody should look.
  note,
};

struct Finding {
  Severity severity = Severity::note;
  std::string about{};   // "source", "target", "shop.orders", "sales.orders".
  std::string text{};    // Names, types and counts; never a value.
  std::string remedy{};  // A command to type where there is one, else advice; empty: none.
};

struct PlannedTable {
  Namespace from{};
  TableName to{};
  MappingMode mode = MappingMode::mirror;
  bool has_collection = false;
  std::uint64_t documents = 0;  // The source's estimate.
  std::uint64_t bytes = 0;
  SampleFacts sample{};
  std::vector<std::string> statements{};  // DDL that would run.
  std::string schema_file{};              // Written; empty: none was.
};

struct PlanReport {
  std::string source_host{};
  std::string source_version{};
  std::string source_set{};  // Replica set; empty: a sharded cluster.
  TargetKind target_kind = TargetKind::postgresql;
  std::string target_database{};  // Empty: the target has none.
  std::string target_version{};
  std::string target_role{};
  std::optional<std::chrono::seconds> oplog_window{};  // nullopt: not known.
  bool is_oplog_full = false;  // False: it still grows, and will reach back further than now.
  std::chrono::seconds snapshot_estimate{0};  // Of all tables together.
  std::vector<std::string> bookkeeping{};     // DDL that would run.
  std::vector<PlannedTable> tables{};
  std::vector<Finding> findings{};

  [[nodiscard]] bool has_blocker() const {
    for (const Finding& finding : findings) {
      if (finding.severity == Severity::blocker) return true;
    }
    return false;
  }
};

}  // namespace relay
