#include "support/mongo_server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <mongoc/mongoc.h>

#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr char kCacheName[] = "relay/mongod-6.0.5";  // As scripts/setup has it.
constexpr int kPortAttempts = 5;
constexpr int kExitAddressInUse = 48;  // Of mongod; also for some other troubles of the network.
constexpr std::size_t kLogTailBytes = 3'000;
constexpr std::chrono::seconds kStopMax{30};

class Client {
 public:
  explicit Client(const std::string& uri) {
    static const bool is_started = (mongoc_init(), true);
    static_cast<void>(is_started);
    client_ = mongoc_client_new(uri.c_str());
    if (client_ == nullptr) throw std::runtime_error("not a MongoDB URI");
  }
  ~Client() { mongoc_client_destroy(client_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The command is JSON; `is_true` names a field of the reply. Returns the error text, empty when
  // fine.
  std::string run(const std::string& command, const char* is_true = "ok") {
    bson_error_t error;
    bson_t* document = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(command.data()),
                                          static_cast<ssize_t>(command.size()),
                                          &error);
    if (document == nullptr) return error.message;
    bson_t reply;
    std::string problem;
    if (!mongoc_client_command_simple(client_, "admin", document, nullptr, &reply, &error)) {
      problem = error.message;
    } else {
      bson_iter_t field;
      const bool is_found = bson_iter_init_find(&field, &reply, is_true);
      if (!is_found || !bson_iter_as_bool(&field)) problem = std::string(is_true) + " is not true";
    }
    bson_destroy(&reply);
    bson_destroy(document);
    return problem;
  }

 private:
  mongoc_client_t* client_;
};

// Not taken over when the caller has said the same option otherwise.
void add_default(std::vector<std::string>& command,
                 const std::vector<std::string>& extra,
                 const std::string& name,
                 const std::string& value) {
  if (std::find(extra.begin(), extra.end(), name) != extra.end()) return;
  command.insert(command.end(), {name, value});
}

}  // namespace

std::filesystem::path find_mongod() {
  if (const char* chosen = std::getenv("RELAY_TEST_MONGOD"); chosen != nullptr && *chosen != '\0') {
    if (std::filesystem::exists(chosen)) return chosen;
    throw std::runtime_error(std::string("RELAY_TEST_MONGOD: there is no ") + chosen);
  }
  std::filesystem::path cache;
  if (const char* chosen = std::getenv("XDG_CACHE_HOME"); chosen != nullptr && *chosen != '\0') {
    cache = chosen;
  } else if (const char* home = std::getenv("HOME"); home != nullptr) {
    cache = std::filesystem::path(home) / ".cache";
  }
  const std::filesystem::path program = cache / kCacheName;
  if (std::filesystem::exists(program)) return program;
  throw std::runtime_error("no mongod at " + program.string() + ": run scripts/setup");
}

MongoServer::MongoServer() : MongoServer(Options{}) {}

MongoServer::MongoServer(Options options) : options_(std::move(options)) {
  if (options_.program.empty()) options_.program = find_mongod();
  std::filesystem::create_directory(directory_.path() / "data");
  if (options_.auth && options_.replica_set) {
    const std::filesystem::path key = directory_.path() / "key";
    write_file(key, "bm90IGEgc2VjcmV0LCBvbmx5IGEgdGVzdA==\n");
    std::filesystem::permissions(key, std::filesystem::perms::owner_read);
  }
  for (int i = 0; process_ == nullptr; ++i) {
    port_ = pick_free_port();
    if (!try_launch() && i + 1 < kPortAttempts) process_.reset();
  }
  if (!process_->is_running()) fail("mongod has ended");
  if (options_.replica_set && !options_.is_member) initiate();
  become_ready();
  if (options_.auth) add_root();
}

std::string MongoServer::uri() const {
  if (options_.auth) return uri_for("root", "root-pw");
  const std::string set = options_.replica_set ? "?replicaSet=rs0" : "";
  return "mongodb://127.0.0.1:" + std::to_string(port_) + "/" + set;
}

std::string MongoServer::uri_for(const std::string& user, const std::string& password) const {
  const std::string set = options_.replica_set ? "&replicaSet=rs0" : "";
  return "mongodb://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) +
         "/?authSource=admin" + set;
}

std::string MongoServer::direct_uri() const {
  const std::string user = has_root_ ? "root:root-pw@" : "";
  return "mongodb://" + user + "127.0.0.1:" + std::to_string(port_) +
         "/?directConnection=true&connectTimeoutMS=2000&serverSelectionTimeoutMS=2000";
}

std::string MongoServer::log() const {
  return read_file(directory_.path() / "log");
}

std::vector<std::string> MongoServer::command_line() const {
  const auto& extra = options_.extra_args;
  std::vector<std::string> command{options_.program};
  if (options_.replica_set) add_default(command, extra, "--replSet", "rs0");
  if (options_.auth) command.emplace_back("--auth");
  if (options_.auth && options_.replica_set) {
    add_default(command, extra, "--keyFile", directory_.path() / "key");
  }
  add_default(command, extra, "--dbpath", directory_.path() / "data");
  add_default(command, extra, "--port", std::to_string(port_));
  add_default(command, extra, "--bind_ip", "127.0.0.1");
  if (options_.replica_set) add_default(command, extra, "--oplogSize", "256");
  add_default(command, extra, "--journalCommitInterval", "2");
  add_default(command, extra, "--wiredTigerCacheSizeGB", "0.5");
  command.insert(command.end(), {"--nounixsocket", "--setParameter", "enableTestCommands=1"});
  // Neither a diary of the machine nor a wait for secondaries that do not exist.
  command.insert(command.end(), {"--setParameter", "diagnosticDataCollectionEnabled=false"});
  command.insert(command.end(), {"--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"});
  command.insert(command.end(), extra.begin(), extra.end());
  return command;
}

// False: the port was taken. Returns once the server listens or has ended.
bool MongoServer::try_launch() {
  process_ = std::make_unique<Process>(Process::Options{.command = command_line(),
                                                        .environment = {},
                                                        .directory = "/",
                                                        .log = directory_.path() / "log",
                                                        .user = ""});
  const bool is_decided = wait_until(
      options_.ready_max, [this] { return is_listening(port_) || !process_->is_running(); });
  if (!is_decided) {
    fail("mongod did not listen within " + std::to_string(options_.ready_max.count()) + " ms");
  }
  return process_->wait(std::chrono::milliseconds(0)) != kExitAddressInUse;
}

void MongoServer::initiate() {
  const std::string member = "127.0.0.1:" + std::to_string(port_);
  const std::string problem =
      Client(direct_uri())
          .run(R"({"replSetInitiate": {"_id": "rs0", "members": [{"_id": 0, "host": ")" + member +
               R"("}]}})");
  if (!problem.empty()) fail("replSetInitiate: " + problem);
}

void MongoServer::become_ready() {
  const bool is_decided =
      wait_until(options_.ready_max, [this] { return is_ready() || !process_->is_running(); });
  if (!process_->is_running()) fail("mongod has ended");
  if (!is_decided) {
    fail("mongod took no writes within " + std::to_string(options_.ready_max.count()) + " ms");
  }
}

// A new client each time: a client that failed to connect waits five seconds before it tries again.
bool MongoServer::is_ready() const {
  const char* is_true = options_.is_member ? "ok" : "isWritablePrimary";
  return Client(direct_uri()).run(R"({"hello": 1})", is_true).empty();
}

// Allowed without a login while there is no user and the client is on the same machine.
void MongoServer::add_root() {
  const std::string problem =
      Client(direct_uri()).run(R"({"createUser": "root", "pwd": "root-pw", "roles": ["root"]})");
  if (!problem.empty()) fail("createUser: " + problem);
  has_root_ = true;
}

void MongoServer::kill() {
  process_->kill();
}

void MongoServer::stop() {
  process_->resume();
  process_->signal(SIGTERM);
  if (!process_->wait(kStopMax)) fail("mongod did not stop within 30 s");
}

void MongoServer::start() {
  if (process_->is_running()) throw std::runtime_error("mongod is running already");
  if (!try_launch()) fail("another program has taken port " + std::to_string(port_));
  become_ready();
}

void MongoServer::pause() {
  process_->pause();
}

void MongoServer::resume() {
  process_->resume();
}

void MongoServer::fail(const std::string& what) const {
  const std::string text = log();
  const std::size_t from = text.size() > kLogTailBytes ? text.size() - kLogTailBytes : 0;
  throw std::runtime_error(what + "; its log ends with:\n" + text.substr(from));
}

}  // namespace relay
