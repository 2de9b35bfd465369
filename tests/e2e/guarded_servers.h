// Servers that want a login and speak TLS, for tests of both: one mongod and one PostgreSQL a test
// program, and for each test a database of its own on both that nobody but their administrators
// may enter.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/certificates.h"
#include "e2e/mongo_client.h"
#include "e2e/pg_session.h"
#include "e2e/relay_process.h"
#include "support/mongo_server.h"
#include "support/postgres_server.h"
#include "support/temporary_directory.h"

namespace relay {

struct RelayEnd {
  int exit_code = 0;
  std::string log;
  std::string complaint;  // `error:` and `try:` lines.
};

class GuardedServersTest : public testing::Test {
 protected:
  GuardedServersTest();
  ~GuardedServersTest() override;

  // Issued the servers' certificates, which name 127.0.0.1. TLS is offered, not demanded.
  static Certificates& certificates();
  static MongoServer& mongo();
  static PostgresServer& postgres();

  [[nodiscard]] const std::string& database() const { return database_; }
  // As a user that the test has made, whose password is kCanary.
  [[nodiscard]] std::string source_uri(const std::string& user) const;
  [[nodiscard]] std::string target_uri(const std::string& user) const;

  // relay.toml in the test's folder: the users of both sides, and what `more` says.
  void write_settings(const std::string& source_user,
                      const std::string& target_user,
                      const std::string& more) const;
  // With that file; `arguments` are a command and its flags.
  [[nodiscard]] std::unique_ptr<RelayProcess> start(
      const std::vector<std::string>& arguments) const;
  [[nodiscard]] RelayEnd run(const std::vector<std::string>& arguments) const;

 private:
  std::string database_;

 protected:
  TemporaryDirectory directory_;
  MongoClient source_;  // As administrators.
  PgSession target_;
};

}  // namespace relay
