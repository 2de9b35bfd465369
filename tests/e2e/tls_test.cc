// TLS on both sides: the relay knows whom it talks to, or does not talk. Logins by password and by
// certificate.
#include <gtest/gtest.h>

#include "e2e/guarded_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class TlsTest : public GuardedServersTest {
 protected:
  TlsTest() {
    source_.insert("orders", R"({"_id": 1})");
    target_.run("CREATE ROLE " + database() + " LOGIN PASSWORD '" + kCanary +
                "'; GRANT CONNECT, CREATE ON DATABASE " + database() + " TO " + database());
  }
  void make_source_user() {
    source_.run_on("admin",
                   R"({"createUser": ")" + database() + R"(", "pwd": ")" + kCanary +
                       R"(", "roles": [{"role": "read", "db": ")" + database() + R"("}]})");
  }
  [[nodiscard]] std::string source_options() const {
    return "&tls=true&tlsCAFile=" + certificates().authority().string();
  }
  [[nodiscard]] std::string target_options() const {
    return "?sslmode=verify-full&sslrootcert=" + certificates().authority().string();
  }
  [[nodiscard]] std::vector<std::string> command(const std::string& source,
                                                 const std::string& target,
                                                 const std::vector<std::string>& more) const {
    std::vector<std::string> all{
        "cdc-relay", "--source", source, "--target", target, "--set", "source.connect_timeout=2s"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] RelayEnd run_once(const std::string& source, const std::string& target) const {
    return run(command(source, target, {"--once"}));
  }
  void SetUp() override {
    write_settings(database(), database(), "[[table]]\nfrom = \"" + database() + ".orders\"\n");
  }
  std::string row_count() { return target_.cell("SELECT count(*) FROM " + database() + ".orders"); }
  static void expect_refusal(const RelayEnd& ended, int exit_code, const std::string& hint) {
    EXPECT_EQ(ended.exit_code, exit_code) << ended.log;
    EXPECT_NE(ended.complaint.find("\ntry: "), std::string::npos) << ended.log;
    EXPECT_NE(ended.complaint.find(hint), std::string::npos) << ended.log;
    EXPECT_EQ(ended.log.find("trying again"), std::string::npos)
        << "a certificate does not mend itself: " << ended.log;
  }
};

TEST_F(TlsTest, BothSidesAreVerifiedAndPasswordsGoThroughTls) {
  make_source_user();
  const auto relay = start(command(
      source_uri(database()) + source_options(), target_uri(database()) + target_options(), {}));
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  EXPECT_EQ(target_.cell("SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING "
                         "(pid) WHERE a.application_name = 'relay'"),
            "t");
  source_.insert("orders", R"({"_id": 2})");
  EXPECT_TRUE(wait_until(kPatience, [&] { return row_count() == "2"; })) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_EQ(relay->log().find(kCanary), std::string::npos);
}

TEST_F(TlsTest, ACertificateLogsInInsteadOfAPassword) {
  const std::filesystem::path client =
      certificates().issue("client", "/O=relay test/OU=clients/CN=relay", "DNS:relay");
  source_.run_on("$external",
                 R"({"createUser": "CN=relay,OU=clients,O=relay test", "roles": [{"role": "read",
                     "db": ")" +
                     database() + R"("}]})");
  const std::string uri = "mongodb://127.0.0.1:" + std::to_string(mongo().port()) +
                          "/?replicaSet=rs0&authMechanism=MONGODB-X509&authSource=$external" +
                          source_options() + "&tlsCertificateKeyFile=" + client.string();
  const RelayEnd ended = run_once(uri, target_uri(database()));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(row_count(), "1");
}

TEST_F(TlsTest, AnUnknownAuthorityIsRefused) {
  make_source_user();
  const Certificates others("another authority");
  const std::string authority = others.authority();
  expect_refusal(
      run_once(source_uri(database()) + "&tls=true&tlsCAFile=" + authority, target_uri(database())),
      3,
      "tlsCAFile");
  expect_refusal(run_once(source_uri(database()),
                          target_uri(database()) + "?sslmode=verify-full&sslrootcert=" + authority),
                 4,
                 "sslrootcert");
}

// Certificates name 127.0.0.1, and the connection strings another name of this machine.
TEST_F(TlsTest, ACertificateOfAnotherNameIsRefused) {
  make_source_user();
  const std::string source = "mongodb://" + database() + ":" + kCanary +
                             "@localhost:" + std::to_string(mongo().port()) +
                             "/?authSource=admin&directConnection=true" + source_options();
  expect_refusal(run_once(source, target_uri(database())), 3, "names the host");
  const std::string target = "postgresql://" + database() + ":" + kCanary +
                             "@localhost:" + std::to_string(postgres().port()) + "/" + database() +
                             target_options();
  expect_refusal(run_once(source_uri(database()), target), 4, "names the host");
}

TEST_F(TlsTest, AnotherMachineWithoutTlsIsNotSpokenTo) {
  const RelayEnd refused =
      run_once("mongodb://db1.example.com/?replicaSet=rs0", target_uri(database()));
  EXPECT_EQ(refused.exit_code, 2) << refused.log;
  EXPECT_NE(refused.complaint.find("--source: source.uri: db1.example.com is another machine"),
            std::string::npos)
      << refused.log;
}

}  // namespace
}  // namespace relay
