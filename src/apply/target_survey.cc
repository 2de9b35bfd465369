#include "apply/target_survey.h"

#include <utility>

#include "apply/bookkeeping.h"
#include "apply/pg_pipeline.h"
#include "apply/table_setup.h"
#include "sql/postgres.h"

namespace relay {

TargetSurvey::TargetSurvey(std::unique_ptr<PgConnection> connection)
    : connection_(std::move(connection)) {}
TargetSurvey::TargetSurvey(TargetSurvey&&) noexcept = default;
TargetSurvey::~TargetSurvey() = default;

Result<TargetSurvey> TargetSurvey::open(const Options& options) {
  Result<std::unique_ptr<PgConnection>> connection =
      PgConnection::open({.uri = options.uri,
                          .connect_timeout = options.connect_timeout,
                          .statement_timeout = options.statement_timeout});
  if (!connection.ok()) return connection.error();
  if (connection.value()->kind() == TargetKind::cratedb) {
    return Error{
        ErrorKind::config_invalid,
        "look at the target: CrateDB is not in this command yet",
        "start the relay with --once: it refuses what it cannot do before it writes a row"};
  }
  TargetSurvey survey(std::move(connection.value()));
  const PgOutcome outcome = run_statement(*survey.connection_, sql::postgres::describe_session);
  if (outcome.failure) return make_error(*outcome.failure, "ask the target what it is");
  const PgAnswer& answer = outcome.answers.front();
  survey.traits_.role = answer.cell(0, 0).value_or("");
  survey.traits_.database = answer.cell(0, 1).value_or("");
  survey.traits_.version = answer.cell(0, 2).value_or("");
  return survey;
}

Result<SetupOutlook> TargetSurvey::look_at_bookkeeping() {
  return relay::look_at_bookkeeping(*connection_);
}

Result<SetupOutlook> TargetSurvey::look_at_table(const TableMapping& mapping) {
  return relay::look_at_table(*connection_, mapping);
}

}  // namespace relay
