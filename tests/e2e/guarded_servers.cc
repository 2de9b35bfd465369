#include "e2e/guarded_servers.h"

#include <unistd.h>

namespace relay {
namespace {

std::string next_database() {
  static int count = 0;
  return "guarded" + std::to_string(++count);
}

// The server's URI leads to the database `relay`.
std::string in_database(const std::string& uri, const std::string& database) {
  return uri.substr(0, uri.rfind('/') + 1) + database;
}

std::string make_database(const PostgresServer& server, const std::string& name) {
  PgSession admin(server.uri());
  admin.run("CREATE DATABASE " + name);
  admin.run("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC");
  return in_database(server.uri(), name);
}

}  // namespace

Certificates& GuardedServersTest::certificates() {
  static Certificates made("authority of this test");
  static const bool has_servers = [] {
    made.issue("server", "/O=relay test/OU=servers/CN=server", "IP:127.0.0.1");
    if (geteuid() == 0) made.give_to("postgres", "server");
    return true;
  }();
  static_cast<void>(has_servers);
  return made;
}

MongoServer& GuardedServersTest::mongo() {
  static MongoServer server([] {
    const std::filesystem::path authority = certificates().authority();
    MongoServer::Options options;
    options.auth = true;
    options.extra_args = {"--tlsMode",
                          "allowTLS",
                          "--tlsCAFile",
                          authority,
                          "--tlsCertificateKeyFile",
                          authority.parent_path() / "server.pem",
                          "--tlsAllowConnectionsWithoutCertificates"};
    return options;
  }());
  return server;
}

PostgresServer& GuardedServersTest::postgres() {
  static PostgresServer server([] {
    const std::string folder = certificates().authority().parent_path();
    PostgresServer::Options options;
    options.auth = true;
    options.settings = {"ssl=on",
                        "ssl_cert_file=" + folder + "/server.crt",
                        "ssl_key_file=" + folder + "/server.key"};
    return options;
  }());
  return server;
}

GuardedServersTest::GuardedServersTest()
    : database_(next_database()),
      source_(mongo().uri(), database_),
      target_(make_database(postgres(), database_)) {
  target_.run("REVOKE ALL ON SCHEMA public FROM PUBLIC");
}

GuardedServersTest::~GuardedServersTest() = default;

std::string GuardedServersTest::source_uri(const std::string& user) const {
  return mongo().uri_for(user, kCanary);
}

std::string GuardedServersTest::target_uri(const std::string& user) const {
  return in_database(postgres().uri_for(user, kCanary), database_);
}

void GuardedServersTest::write_settings(const std::string& source_user,
                                        const std::string& target_user,
                                        const std::string& more) const {
  write_file(directory_.path() / "relay.toml",
             "[source]\nuri = \"" + source_uri(source_user) + "\"\n[target]\nuri = \"" +
                 target_uri(target_user) + "\"\n[http]\nlisten = \"\"\n" + more);
}

std::unique_ptr<RelayProcess> GuardedServersTest::start(
    const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{"--config", "relay.toml"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return std::make_unique<RelayProcess>(RelayProcess::Options{.arguments = std::move(all),
                                                              .environment = {},
                                                              .directory = directory_.path(),
                                                              .program = {},
                                                              .user = ""});
}

RelayEnd GuardedServersTest::run(const std::vector<std::string>& arguments) const {
  const std::unique_ptr<RelayProcess> relay = start(arguments);
  const int exit_code = relay->wait();
  EXPECT_EQ(relay->log().find(kCanary), std::string::npos) << "a password in the output";
  return {exit_code, relay->log(), relay->complaint()};
}

}  // namespace relay
