// TargetSurvey: what can be learnt from a target before the first row is written. Reads only.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "apply/setup_outlook.h"
#include "core/result.h"
#include "core/secret.h"
#include "mapping/table_mapping.h"

namespace relay {

class PgConnection;

struct TargetTraits {
  std::string version;
  std::string database;
  std::string role;
};

// One thread. Errors have the kinds of sink.h.
class TargetSurvey {
 public:
  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds statement_timeout{60'000};
  };

  // Connects.
  static Result<TargetSurvey> open(const Options& options);
  TargetSurvey(TargetSurvey&&) noexcept;
  ~TargetSurvey();

  [[nodiscard]] const TargetTraits& traits() const { return traits_; }

  // Schema `relay`.
  Result<SetupOutlook> look_at_bookkeeping();
  // The table of a mapping: missing, fitting or in the way.
  Result<SetupOutlook> look_at_table(const TableMapping& mapping);

 private:
  explicit TargetSurvey(std::unique_ptr<PgConnection> connection);

  std::unique_ptr<PgConnection> connection_;
  TargetTraits traits_;
};

}  // namespace relay
