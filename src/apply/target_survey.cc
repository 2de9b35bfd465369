#include "apply/target_survey.h"

#include <utility>

#include "apply/bookkeeping.h"
#include "apply/crate_outlook.h"
#include "apply/crate_reader.h"
#include "apply/pg_pipeline.h"
#include "apply/table_setup.h"
#include "apply/target_sink.h"
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
  TargetSurvey survey(std::move(connection.value()));
  survey.takes_turns_ = options.takes_turns;
  if (Status read = survey.read_traits(); !read.ok()) return read.error();
  return survey;
}

Status TargetSurvey::read_traits() {
  traits_.kind = connection_->kind();
  if (is_crate()) {
    const char* version = PQparameterStatus(connection_->handle(), "crate_version");
    traits_.version = version == nullptr ? "" : version;
    Result<std::string> user = read_crate_user(*connection_);
    if (!user.ok()) return user.error();
    traits_.role = std::move(user.value());
    return ok_status();
  }
  const PgOutcome outcome = run_statement(*connection_, sql::postgres::describe_session);
  if (outcome.failure) return make_error(*outcome.failure, "ask the target what it is");
  const PgAnswer& answer = outcome.answers.front();
  traits_.role = answer.cell(0, 0).value_or("");
  traits_.database = answer.cell(0, 1).value_or("");
  traits_.version = answer.cell(0, 2).value_or("");
  return ok_status();
}

Result<SetupOutlook> TargetSurvey::look_at_bookkeeping() {
  Result<SetupOutlook> outlook = is_crate() ? look_at_crate_bookkeeping(*connection_)
                                            : relay::look_at_bookkeeping(*connection_);
  const Status built = check_turns(traits_.kind, takes_turns_);
  if (outlook.ok() && !built.ok()) outlook.value().obstacles.push_back(built.error());
  return outlook;
}

Result<SetupOutlook> TargetSurvey::look_at_table(const TableMapping& mapping) {
  return is_crate() ? look_at_crate_table(*connection_, mapping)
                    : relay::look_at_table(*connection_, mapping);
}

Result<std::vector<SubColumn>> TargetSurvey::read_sub_columns(const TableMapping& mapping) {
  if (!is_crate()) return std::vector<SubColumn>();
  const Result<std::vector<CrateColumn>> columns = read_crate_columns(*connection_, mapping);
  if (!columns.ok()) return columns.error();
  return to_sub_columns(columns.value());
}

}  // namespace relay
