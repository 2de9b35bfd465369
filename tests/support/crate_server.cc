#include "support/crate_server.h"

#include <chrono>
#include <stdexcept>
#include <unistd.h>

#include <libpq-fe.h>

#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr std::chrono::minutes kReadyMax{10};
constexpr std::size_t kLogTailBytes = 3'000;

}  // namespace

CrateServer::CrateServer(std::filesystem::path home)
    : home_(std::move(home)), ports_{pick_free_port(), pick_free_port(), pick_free_port()} {
  if (geteuid() == 0) {
    user_ = "postgres";
    data_.give_to(user_);
    logs_.give_to(user_);
  }
  launch("CREATE TABLE IF NOT EXISTS doc.ready (id bigint)");
}

std::string CrateServer::uri(const std::string& scheme) const {
  return scheme + "://crate@127.0.0.1:" + std::to_string(ports_[0]) + "/doc?sslmode=disable";
}

void CrateServer::start() {
  if (process_->is_running()) throw std::runtime_error("CrateDB is running already");
  launch("SELECT 1");
}

std::vector<std::string> CrateServer::command_line() const {
  std::vector<std::string> command{home_ / "bin" / "crate"};
  const std::string path = data_.path().string();
  for (const std::string& setting : {"path.data=" + path,
                                     "path.logs=" + path,
                                     std::string("network.host=127.0.0.1"),
                                     std::string("discovery.type=single-node"),
                                     "psql.port=" + std::to_string(ports_[0]),
                                     "http.port=" + std::to_string(ports_[1]),
                                     "transport.tcp.port=" + std::to_string(ports_[2])})
    command.push_back("-C" + setting);
  return command;
}

void CrateServer::launch(const char* probe) {
  process_ = std::make_unique<Process>(Process::Options{
      .command = command_line(),
      .environment = {{"CRATE_HEAP_SIZE", "1g"}, {"CRATE_DISABLE_GC_LOGGING", "1"}},
      .directory = "/",
      .log = logs_.path() / "log",
      .user = user_});
  std::string problem;
  const bool is_decided = wait_until(kReadyMax, [&] {
    problem = is_listening(ports_[0]) ? run_sql(probe) : "nobody listens";
    return problem.empty() || !process_->is_running();
  });
  if (!is_decided || !process_->is_running()) fail("CrateDB does not start: " + problem);
}

std::string CrateServer::run_sql(const char* sql) const {
  std::string problem;
  PGconn* connection = PQconnectdb((uri() + "&connect_timeout=5").c_str());
  if (PQstatus(connection) != CONNECTION_OK) {
    problem = PQerrorMessage(connection);
  } else {
    PGresult* result = PQexec(connection, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      problem = PQresultErrorMessage(result);
    PQclear(result);
  }
  PQfinish(connection);
  return problem;
}

void CrateServer::fail(const std::string& what) const {
  const std::string text = log();
  const std::size_t from = text.size() > kLogTailBytes ? text.size() - kLogTailBytes : 0;
  throw std::runtime_error(what + "; its log ends with:\n" + text.substr(from));
}

}  // namespace relay
