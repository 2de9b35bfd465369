// A password and a field value that are planted everywhere must not come out anywhere but in the
// tables: no log, page, metric, status or report has them. Every other test looks for them in the
// output of its relays, too (RelayProcess).
#include <gtest/gtest.h>

#include "e2e/guarded_servers.h"
#include "server/raw_client.h"
#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

const std::string kValue = kCanary;

class CanaryTest : public GuardedServersTest {
 protected:
  CanaryTest() : port_(pick_free_port()) {
    source_.run_on("admin",
                   R"({"createUser": ")" + database() + R"(", "pwd": ")" + kValue +
                       R"(", "roles": [{"role": "read", "db": ")" + database() + R"("}]})");
    target_.run("CREATE ROLE " + database() + " LOGIN PASSWORD '" + kValue +
                "'; GRANT CONNECT, CREATE ON DATABASE " + database() + " TO " + database());
  }
  [[nodiscard]] std::string table(const std::string& from, const std::string& more) const {
    return "[[table]]\nfrom = \"" + database() + "." + from + "\"\nto = \"sales." + from + "\"\n" +
           more;
  }
  // One that fits, one that misfits, one that filters, and two that are refused.
  void write_documents(int round) {
    const std::string n = std::to_string(round);
    source_.insert("orders", R"({"_id": "k)" + n + R"(", "text": ")" + kValue + R"("})");
    source_.insert("orders", R"({"_id": "m)" + n + R"(", "total": ")" + kValue + R"("})");
    source_.insert("orders", R"({"_id": "f)" + n + R"(", "hidden": ")" + kValue + R"("})");
    source_.insert("checked", R"({"_id": )" + n + R"(, "text": ")" + kValue + R"("})");
    Bson twice;
    bson_append_utf8(twice.get(), "_id", -1, ("d" + n).c_str(), -1);
    bson_append_utf8(twice.get(), "text", -1, kCanary, -1);
    bson_append_utf8(twice.get(), "text", -1, kCanary, -1);
    source_.insert_raw("orders", {twice});
  }
  void expect_clean(const std::string& what, const std::string& text) {
    EXPECT_FALSE(text.empty()) << what;
    EXPECT_EQ(text.find(kValue), std::string::npos) << what << "\n" << text;
  }

  std::uint16_t port_;
};

TEST_F(CanaryTest, ValuesAndPasswordsComeOutNowhere) {
  write_settings(database(),
                 database(),
                 table("orders",
                       "exclude = [\"excluded\"]\nwhere = [{ path = \"hidden\", op = \"exists\", "
                       "value = false }]\ncolumns = [{ name = \"id\", path = \"_id\", type = "
                       "\"text\", key = true }, { name = \"total\", path = \"total\", type = "
                       "\"bigint\" }]\n") +
                     table("checked", ""));
  target_.run("CREATE SCHEMA sales; GRANT USAGE, CREATE ON SCHEMA sales TO " + database() +
              "; CREATE TABLE sales.checked (oid TEXT PRIMARY KEY, data JSONB NOT NULL CHECK "
              "(data->>'text' <> '" +
              kValue + "')); GRANT SELECT, INSERT, UPDATE, DELETE ON sales.checked TO " +
              database());
  write_documents(1);
  const std::string listen = "http.listen=127.0.0.1:" + std::to_string(port_);
  const std::string token = "http.token=" + kValue;
  const auto relay = start({"--set", listen, "--set", token, "--log-level", "debug", "cdc-relay"});
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return !target_.cell("SELECT to_regclass('relay.snapshot')").empty() &&
           target_.cell("SELECT bool_and(state = 'done') FROM relay.snapshot") == "t";
  })) << relay->log();
  write_documents(2);
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return target_.cell("SELECT count(*) FROM relay.dead_letter WHERE closed_at IS NULL") == "4";
  })) << relay->log();
  EXPECT_NE(target_.cell("SELECT data FROM sales.orders WHERE id = 'm2'").find(kValue),
            std::string::npos)
      << "it was there to be seen";

  for (const char* path : {"/", "/status", "/metrics", "/healthz", "/readyz", "/nothing"})
    expect_clean(path, fetch(port_, get(path)));
  for (const std::vector<std::string>& command : {std::vector<std::string>{"status"},
                                                  {"status", "--json"},
                                                  {"pause"},
                                                  {"resume"},
                                                  {"snapshot", "sales.orders"},
                                                  {"config", "show"},
                                                  {"plan"},
                                                  {"plan", "--json"},
                                                  {"dead-letter", "list"},
                                                  {"dead-letter", "list", "--json"},
                                                  {"dead-letter", "retry", "--all"}}) {
    std::vector<std::string> all{"--set", listen, "--set", token};
    all.insert(all.end(), command.begin(), command.end());
    expect_clean(command.front(), run(all).log);
  }
  EXPECT_TRUE(relay->wait_for_log("snapshot finished table=sales.orders", 2)) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  expect_clean("log", relay->log());
}

}  // namespace
}  // namespace relay
