// TargetSurvey: what can be learnt from a target before the first row is written. Reads only.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "apply/setup_outlook.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/target_kind.h"
#include "mapping/sub_column.h"
#include "mapping/table_mapping.h"

namespace relay {

class PgConnection;

struct TargetTraits {
  TargetKind kind = TargetKind::postgresql;
  std::string version;
  std::string database;  // Empty: the target has none.
  std::string role;
};

// One thread. Errors have the kinds of sink.h.
class TargetSurvey {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
    bool takes_turns = false;  // As PostgresSink::Options::takes_turns.
  };

  // Connects.
  static Result<TargetSurvey> open(const Options& options);
  TargetSurvey(TargetSurvey&&) noexcept;
  ~TargetSurvey();

  [[nodiscard]] const TargetTraits& traits() const { return traits_; }

  // Schema `relay`, and what of the settings the target does not serve.
  Result<SetupOutlook> look_at_bookkeeping();
  // The table of a mapping: missing, fitting or in the way.
  Result<SetupOutlook> look_at_table(const TableMapping& mapping);
  // As Sink::read_sub_columns().
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& mapping);

 private:
  explicit TargetSurvey(std::unique_ptr<PgConnection> connection);
  [[nodiscard]] bool is_crate() const { return traits_.kind == TargetKind::cratedb; }
  Status read_traits();

  std::unique_ptr<PgConnection> connection_;
  bool takes_turns_ = false;
  TargetTraits traits_;
};

}  // namespace relay
