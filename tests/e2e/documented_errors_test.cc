// The tables of docs/troubleshooting.md: each error in them is caused here, or in the test that is
// named; it has the exit code of its section, reads as the page says, and comes with something to
// try.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/guarded_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

const std::filesystem::path kRoot = RELAY_SOURCE_DIR;

struct Row {
  std::string error;  // As on the page.
  int exit_code = 0;
};

// Of the sections that are about an exit code. What is only in the log is no error.
std::vector<Row> read_rows() {
  std::istringstream lines(read_file(kRoot / "docs/troubleshooting.md"));
  std::vector<Row> rows;
  int exit_code = -1;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) {
      const std::size_t at = line.find("(exit ");
      exit_code = at == std::string::npos ? -1 : std::stoi(line.substr(at + 6));
    }
    if (exit_code < 0 || !line.starts_with("| `")) continue;
    const std::size_t end = line.find('`', 3);
    if (end != std::string::npos && !line.substr(end).starts_with("` in the log"))
      rows.push_back({line.substr(3, end - 3), exit_code});
  }
  return rows;
}

// The parts of an error as the page has it between what differs: `NAME`, `HOST`, `N`, `M`, `...`.
std::vector<std::string> fixed_parts(const std::string& error) {
  constexpr std::array<std::string_view, 5> kBlanks = {"...", "NAME", "HOST", "N", "M"};
  const auto is_letter = [&](std::size_t at) {
    return at < error.size() && std::isalnum(static_cast<unsigned char>(error[at])) != 0;
  };
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < error.size();) {
    const auto* const blank = std::ranges::find_if(kBlanks, [&](std::string_view name) {
      if (!std::string_view(error).substr(at).starts_with(name)) return false;
      return name == "..." || (!is_letter(at - 1) && !is_letter(at + name.size()));
    });
    if (blank == kBlanks.end()) {
      parts.back().push_back(error[at++]);
    } else {
      parts.emplace_back();
      at += blank->size();
    }
  }
  return parts;
}

bool is_like(std::string_view said, const std::string& error) {
  for (const std::string& part : fixed_parts(error)) {
    const std::size_t at = said.find(part);
    if (at == std::string_view::npos) return false;
    said.remove_prefix(at + part.size());
  }
  return true;
}

// Errors that take more than a command to cause, and the tests that cause them; or why none does.
const std::map<std::string, std::string> kCausedElsewhere = {
    {"connect source=HOST: the replica set calls its members ..., and none of them can be reached",
     "a set whose names mean nothing here"},
    {"read the change stream source=HOST: ... (code 10334)", "tests/e2e/large_events_test.cc"},
    {R"(open the change stream source=HOST: source.updates = "post-image" needs MongoDB 6.0 or later)",
     "an older server"},
    {"read the change stream source=HOST: ... the resume point may no longer be in the oplog. "
     "(code "
     "286)",
     "tests/e2e/position_lost_test.cc"},
    {"N of M dead letters could not be written", "tests/e2e/dead_letter_test.cc"},
    {"claim stream=default: held by the relay owner=... for another N s unless renewed",
     "tests/e2e/lease_test.cc"},
    {"retry dead letter ...: claim stream=NAME: held by the relay owner=...",
     "tests/e2e/dead_letter_test.cc"},
    {"stream NAME: held by the relay owner=...", "tests/e2e/checkpoint_test.cc"},
    {"... another relay has taken the stream over, or its row in relay.checkpoint is gone",
     "tests/e2e/lease_test.cc"},
    {"... is not in this version yet", "tests/cli/table_rules_test.cc"},
    {"connect to the target: this is CrateDB 6.3.4, where answers to batches can change places ...",
     "tests/e2e/plan_targets_test.cc"},
    {"... Missing 'DML' privilege for user 'NAME'", "tests/e2e/plan_targets_test.cc"},
    {"mend rows of stream NAME: a relay holds it", "tests/e2e/crate_verify_test.cc"},
};

class DocumentedErrorsTest : public GuardedServersTest {
 protected:
  DocumentedErrorsTest() : rows_(read_rows()) {}

  [[nodiscard]] std::string admin_uri() const {
    return postgres().uri().substr(0, postgres().uri().rfind('/') + 1) + database();
  }
  [[nodiscard]] std::vector<std::string> between(const std::string& source,
                                                 const std::string& target) const {
    return {"cdc-relay",
            "--once",
            "--source",
            source,
            "--target",
            target,
            "--set",
            "source.connect_timeout=1s",
            "--table",
            "shop.orders",
            "--set",
            "target.connect_timeout=1s"};
  }
  void cause_with(const std::string& settings, const std::vector<std::string>& command) {
    write_file(directory_.path() / "relay.toml", settings);
    cause(command);
  }
  // Runs it with relay.toml as it is, and finds its row.
  void cause(const std::vector<std::string>& command) {
    const RelayEnd ended = run(command);
    std::string first = ended.complaint.substr(0, ended.complaint.find('\n'));
    ASSERT_TRUE(first.starts_with("error: ")) << ended.log;
    EXPECT_NE(ended.complaint.find("\ntry: "), std::string::npos) << ended.complaint;
    first.erase(0, 7);
    bool is_found = false;
    for (const Row& row : rows_) {
      if (row.exit_code != ended.exit_code || !is_like(first, row.error)) continue;
      seen_.insert(row.error);
      is_found = true;
    }
    EXPECT_TRUE(is_found) << "not in docs/troubleshooting.md under exit " << ended.exit_code << ": "
                          << first;
  }
  void cause_settings_errors();
  void cause_source_errors();
  void cause_target_errors();
  void cause_state_errors();

  std::vector<Row> rows_;
  std::set<std::string> seen_;
};

void DocumentedErrorsTest::cause_settings_errors() {
  const std::vector<std::string> check{"config", "check"};
  const std::string uris =
      "[source]\nuri = \"mongodb://localhost/\"\n[target]\nuri = \"postgresql://localhost/w\"\n";
  const std::string table = "[[table]]\nfrom = \"shop.orders\"\n";
  cause_with("[source]\n\nawiat = \"1s\"\n", check);
  cause_with("\n\n\n\n[target]\nbatch_rows = \"many\"\n", check);
  cause_with("no\n", check);
  cause_with("[target]\nuri = \"postgresql://localhost/w\"\n" + table, check);
  cause_with(uris, check);
  cause_with("[source]\nuri = \"mongodb://db1/\"\n" + table, check);
  cause_with(uris + table, {"config", "check", "--set", "target.batch_rows=0"});
  std::filesystem::remove(directory_.path() / "relay.toml");
  cause(check);
}

void DocumentedErrorsTest::cause_source_errors() {
  MongoServer::Options options;
  options.replica_set = false;
  const MongoServer standalone(options);
  cause(between(standalone.uri(), admin_uri()));
  const std::string port = std::to_string(mongo().port());
  cause(between("mongodb://127.0.0.1:" + port + "/?replicaSet=rs1", admin_uri()));
  cause(between("mongodb://127.0.0.1:1/", admin_uri()));
  cause(between(mongo().uri_for("root", "wrong"), admin_uri()));
  source_.run_on(
      "admin",
      R"({"createUser": "nobody", "pwd": ")" + std::string(kCanary) + R"(", "roles": []})");
  cause(between(source_uri("nobody"), admin_uri()));
  cause(between(mongo().uri() + "&tls=true&tlsCAFile=/nothing.pem", admin_uri()));
}

// In this order: once a relay was there, schema `relay` is.
void DocumentedErrorsTest::cause_target_errors() {
  write_file(directory_.path() / "relay.toml", "[http]\nlisten = \"\"\n");
  const std::string source = mongo().uri();
  const std::string role = "few_" + database();
  target_.run("CREATE ROLE " + role + " LOGIN PASSWORD '" + kCanary + "'");
  cause(between(source, target_uri(role)));
  target_.run("GRANT CONNECT ON DATABASE " + database() + " TO " + role);
  cause(between(source, target_uri(role)));
  cause(between(source, "postgresql://127.0.0.1:1/w"));
  cause(between(source, postgres().uri_for("postgres", "wrong")));
  cause(between(source, postgres().uri().substr(0, postgres().uri().rfind('/') + 1) + "nothing"));
  cause(between(source, admin_uri() + "?sslmode=verify-full&sslrootcert=/nothing.pem"));
  target_.run("CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer PRIMARY KEY)");
  cause(between(source, admin_uri()));
  std::vector<std::string> plan = between(source, admin_uri());
  plan.erase(plan.begin(), plan.begin() + 2);
  plan.insert(plan.begin(), "plan");
  cause(plan);
  target_.run("DROP TABLE shop.orders");
  cause(between(source, target_uri(role)));
}

void DocumentedErrorsTest::cause_state_errors() {
  std::vector<std::string> command = between(mongo().uri(), admin_uri());
  command.insert(command.end(), {"--set", "state.path=no/relay.db"});
  cause(command);
  write_file(directory_.path() / "notes.txt", std::string(4096, 'x'));
  command.back() = "state.path=notes.txt";
  cause(command);
  command = between(mongo().uri(), admin_uri());
  command.erase(command.begin() + 1);  // --once
  const auto relay = start(command);
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  cause(command);
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0);
}

TEST_F(DocumentedErrorsTest, EachIsCausedAndReadsAsThePageSays) {
  ASSERT_GE(rows_.size(), 25U);
  cause_settings_errors();
  cause_target_errors();
  cause_source_errors();
  cause_state_errors();
  for (const Row& row : rows_) {
    const auto elsewhere = kCausedElsewhere.find(row.error);
    if (elsewhere != kCausedElsewhere.end()) {
      if (elsewhere->second.starts_with("tests/")) {
        EXPECT_TRUE(std::filesystem::exists(kRoot / elsewhere->second)) << elsewhere->second;
      }
    } else {
      EXPECT_TRUE(seen_.contains(row.error)) << "on the page, and no test causes it: " << row.error;
    }
  }
}

}  // namespace
}  // namespace relay
