#include "support/postgres_server.h"

#include <csignal>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

#include <libpq-fe.h>

#include "support/free_port.h"
#include "support/process_descriptor.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr char kDebianPrograms[] = "/usr/lib/postgresql/15/bin";
constexpr char kPassword[] = "postgres-pw";
constexpr int kPortAttempts = 5;
constexpr std::size_t kLogTailBytes = 3'000;
constexpr std::chrono::seconds kInitMax{60};
constexpr std::chrono::seconds kStopMax{30};

// Returns the error text, empty when fine.
std::string run_sql(const std::string& connection_string, const char* sql) {
  std::string problem;
  PGconn* connection = PQconnectdb(connection_string.c_str());
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

// A process that is no child of ours, held so that its number cannot come to mean another one.
class Relative {
 public:
  explicit Relative(pid_t pid) : descriptor_(open_process_descriptor(pid)) {}
  ~Relative() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Relative(Relative&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Relative& operator=(Relative&&) = delete;

  void signal(int number) const {
    if (descriptor_ >= 0) signal_process_descriptor(descriptor_, number);
  }
  bool has_ended(std::chrono::milliseconds limit) const {
    pollfd entry{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return descriptor_ < 0 || poll(&entry, 1, static_cast<int>(limit.count())) > 0;
  }

 private:
  int descriptor_;  // -1: it has ended already.
};

// Backends leave the postmaster's process group, so its children are what belongs to it. Complete
// only while the postmaster is stopped.
std::vector<Relative> children_of(pid_t pid) {
  const std::string id = std::to_string(pid);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::vector<Relative> children;
  for (pid_t child = 0; file >> child;)
    children.emplace_back(child);
  return children;
}

}  // namespace

PostgresServer::PostgresServer() : PostgresServer(Options{}) {}

PostgresServer::PostgresServer(Options options) : options_(std::move(options)) {
  if (options_.programs.empty() && std::filesystem::exists(kDebianPrograms)) {
    options_.programs = kDebianPrograms;
  }
  if (geteuid() == 0) user_ = "postgres";
  init();
  for (int i = 0; process_ == nullptr; ++i) {
    port_ = pick_free_port();
    if (!try_launch() && i + 1 < kPortAttempts) process_.reset();
  }
  if (!process_->is_running()) fail("PostgreSQL has ended");
  create_database();
}

PostgresServer::~PostgresServer() {
  if (process_ != nullptr) kill();
}

std::string PostgresServer::uri() const {
  if (options_.auth) return uri_for("postgres", kPassword);
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/relay";
}

std::string PostgresServer::uri_for(const std::string& user, const std::string& password) const {
  return "postgresql://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/relay";
}

std::string PostgresServer::connection_string(const std::string& database) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres dbname=" + database +
         (options_.auth ? std::string(" password=") + kPassword : "") + " connect_timeout=5";
}

std::string PostgresServer::log() const {
  return read_file(logs_.path() / "log");
}

void PostgresServer::init() {
  if (!user_.empty()) {
    data_.give_to(user_);
    socket_.give_to(user_);
  }
  std::vector<std::string> command{options_.programs / "initdb",
                                   "--pgdata=" + data_.path().string(),
                                   "--username=postgres",
                                   "--encoding=UTF8",
                                   "--locale=C.UTF-8",
                                   "--no-sync",
                                   "--no-instructions"};
  TemporaryDirectory secret;
  if (options_.auth) {
    const std::filesystem::path file = secret.path() / "password";
    write_file(file, kPassword);
    std::filesystem::permissions(secret.path(), std::filesystem::perms(0755));
    command.insert(
        command.end(),
        {"--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=" + file.string()});
  } else {
    command.emplace_back("--auth=trust");
  }
  const Finished finished = run_to_end(
      {.command = command, .environment = {}, .directory = "/", .log = {}, .user = user_},
      kInitMax);
  if (finished.exit_code != 0) {
    throw std::runtime_error("initdb: " + finished.stdout_text + finished.stderr_text);
  }
}

std::vector<std::string> PostgresServer::command_line() const {
  std::vector<std::string> command{options_.programs / "postgres", "-D", data_.path()};
  const auto set = [&command](const std::string& setting) {
    command.insert(command.end(), {"-c", setting});
  };
  set("listen_addresses=127.0.0.1");
  set("port=" + std::to_string(port_));
  set("unix_socket_directories=" + socket_.path().string());
  set("shared_buffers=128MB");
  set("max_wal_size=1GB");
  for (const std::string& setting : options_.settings)
    set(setting);
  return command;
}

// False: the port was taken. Returns once the server answers or has ended.
bool PostgresServer::try_launch() {
  const std::size_t log_bytes = log().size();
  process_ = std::make_unique<Process>(Process::Options{.command = command_line(),
                                                        .environment = {},
                                                        .directory = "/",
                                                        .log = logs_.path() / "log",
                                                        .user = user_});
  std::string problem;
  const bool is_decided = wait_until(options_.ready_max, [&] {
    if (!process_->is_running()) return true;
    if (!is_listening(port_)) return false;
    problem = run_sql(connection_string("postgres"), "SELECT 1");
    return problem.empty();
  });
  if (!is_decided) {
    fail("PostgreSQL did not answer within " + std::to_string(options_.ready_max.count()) +
         " ms (" + problem + ")");
  }
  if (process_->is_running()) return true;
  return log().find("Address already in use", log_bytes) == std::string::npos;
}

void PostgresServer::create_database() {
  const std::string problem = run_sql(connection_string("postgres"), "CREATE DATABASE relay");
  if (!problem.empty()) fail("create the database: " + problem);
}

void PostgresServer::kill() {
  if (!process_->is_running()) return;
  process_->pause();
  const std::vector<Relative> children = children_of(pid());
  for (const Relative& child : children)
    child.signal(SIGKILL);
  process_->kill();
  // One that is left would hold the shared memory, and the next start would refuse.
  for (const Relative& child : children) {
    if (!child.has_ended(kStopMax)) fail("a process of PostgreSQL survived SIGKILL");
  }
}

void PostgresServer::stop() {
  resume();
  process_->signal(SIGINT);
  if (!process_->wait(kStopMax)) fail("PostgreSQL did not stop within 30 s");
}

void PostgresServer::start() {
  if (process_->is_running()) throw std::runtime_error("PostgreSQL is running already");
  if (!try_launch()) fail("another program has taken port " + std::to_string(port_));
  if (!process_->is_running()) fail("PostgreSQL has ended");
}

void PostgresServer::pause() {
  process_->pause();
  for (const Relative& child : children_of(pid()))
    child.signal(SIGSTOP);
}

void PostgresServer::resume() {
  for (const Relative& child : children_of(pid()))
    child.signal(SIGCONT);
  process_->resume();
}

void PostgresServer::fail(const std::string& what) const {
  const std::string text = log();
  const std::size_t from = text.size() > kLogTailBytes ? text.size() - kLogTailBytes : 0;
  throw std::runtime_error(what + "; its log ends with:\n" + text.substr(from));
}

}  // namespace relay
