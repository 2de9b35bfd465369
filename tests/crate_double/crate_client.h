// A client of the double in its own tests: libpq with as little around it as possible.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace relay {

class CrateClient {
 public:
  explicit CrateClient(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    PQsetNoticeReceiver(connection_.get(), [](void*, const PGresult*) {}, nullptr);
  }

  [[nodiscard]] PGconn* raw() const { return connection_.get(); }
  [[nodiscard]] bool is_connected() const { return PQstatus(connection_.get()) == CONNECTION_OK; }

  // The tag, or "SQLSTATE text" of the error, or "closed".
  std::string run(const std::string& sql, const std::vector<std::string>& parameters = {}) {
    const auto result = query(sql, parameters);
    return describe(result.get());
  }

  // The first cell; "" when there is none.
  std::string cell(const std::string& sql, const std::vector<std::string>& parameters = {}) {
    const auto result = query(sql, parameters);
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }

  // The first row; empty when there is none. nullopt: NULL.
  using Row = std::vector<std::optional<std::string>>;
  Row row(const std::string& sql, const std::vector<std::string>& parameters = {}) {
    const auto result = query(sql, parameters);
    Row cells;
    if (PQntuples(result.get()) == 0) return cells;
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      const bool is_null = PQgetisnull(result.get(), 0, column) != 0;
      cells.push_back(is_null ? std::nullopt
                              : std::optional<std::string>(PQgetvalue(result.get(), 0, column)));
    }
    return cells;
  }

  // The first cells of all rows, with commas between.
  std::string column(const std::string& sql) {
    const auto result = query(sql, {});
    std::string all;
    for (int row = 0; row < PQntuples(result.get()); ++row)
      all += (row == 0 ? "" : ",") + std::string(PQgetvalue(result.get(), row, 0));
    return all;
  }

  // In one Sync: each statement is a prepared name and its parameters.
  struct Step {
    std::string name;
    std::vector<std::string> parameters;
  };
  std::vector<std::string> pipeline(const std::vector<Step>& steps) {
    PQenterPipelineMode(raw());
    for (const Step& step : steps) {
      const std::vector<const char*> values = pointers(step.parameters);
      PQsendQueryPrepared(raw(),
                          step.name.c_str(),
                          static_cast<int>(values.size()),
                          values.data(),
                          nullptr,
                          nullptr,
                          0);
    }
    PQpipelineSync(raw());
    std::vector<std::string> answers;
    for (int nulls = 0; nulls < 2;) {
      const Result result(PQgetResult(raw()), PQclear);
      if (result == nullptr) {
        ++nulls;
        continue;
      }
      nulls = 0;
      if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) break;
      answers.push_back(describe(result.get()));
    }
    PQexitPipelineMode(raw());
    return answers;
  }

  std::string prepare(const std::string& name, const std::string& sql) {
    const Result result(PQprepare(raw(), name.c_str(), sql.c_str(), 0, nullptr), PQclear);
    return describe(result.get());
  }

 private:
  using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  static std::vector<const char*> pointers(const std::vector<std::string>& texts) {
    std::vector<const char*> values;
    for (const std::string& text : texts)
      values.push_back(text == "NULL" ? nullptr : text.c_str());
    return values;
  }

  Result query(const std::string& sql, const std::vector<std::string>& parameters) {
    const std::vector<const char*> values = pointers(parameters);
    return {PQexecParams(raw(),
                         sql.c_str(),
                         static_cast<int>(values.size()),
                         nullptr,
                         values.data(),
                         nullptr,
                         nullptr,
                         0),
            PQclear};
  }

  static std::string describe(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
      return PQcmdStatus(const_cast<PGresult*>(result));
    if (status == PGRES_PIPELINE_ABORTED) return "aborted";
    const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (code == nullptr) return "closed";
    return std::string(code) + " " + PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

}  // namespace relay
