#include "e2e/real_servers.h"

#include <ctime>

#include "e2e/postgres_only.h"
#include "support/wait_until.h"

namespace relay {
namespace {

std::string make_database(const PostgresServer& server) {
  static int number = 0;
  std::string name = "e2e_" + std::to_string(++number);
  PgSession(server.uri()).run("CREATE DATABASE " + name);
  return name;
}

}  // namespace

MongoServer& RealServersTest::mongo() {
  // With the default of ten seconds the position of a quiet source would move that seldom.
  static MongoServer server([] {
    MongoServer::Options options;
    // And after a kill it would do the writes of a whole minute again before it listens.
    options.extra_args = {"--setParameter", "periodicNoopIntervalSecs=1", "--syncdelay", "5"};
    options.ready_max = std::chrono::minutes(2);
    return options;
  }());
  return server;
}

PostgresServer& RealServersTest::postgres() {
  static PostgresServer server;
  return server;
}

RealServersTest::RealServersTest()
    : database_(make_database(postgres())),
      crate_(CrateTarget::is_chosen() ? std::make_unique<CrateTarget>(target_uri_as("postgres"))
                                      : nullptr),
      source_(mongo().uri(), database_),
      target_(is_crate() ? crate_->uri("postgresql") : target_uri(),
              is_crate() ? Dialect::cratedb : Dialect::postgresql),
      begin_(iso_time(source_.server_seconds())) {}

void RealServersTest::SetUp() {
  if (!is_crate()) return;
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const std::string why =
      why_postgres_only(std::string(test.test_suite_name()) + "." + test.name());
  if (!why.empty()) GTEST_SKIP() << why;
}

void RealServersTest::TearDown() {
  postgres().resume();
  if (is_source_down_) start_source();
  if (is_target_down_) start_target();
}

void RealServersTest::stop_source() {
  mongo().stop();
  is_source_down_ = true;
}

void RealServersTest::kill_source() {
  mongo().kill();
  is_source_down_ = true;
}

void RealServersTest::start_source() {
  mongo().start();
  is_source_down_ = false;
}

void RealServersTest::kill_target() {
  if (is_crate()) {
    crate_->kill();
  } else {
    postgres().kill();
  }
  is_target_down_ = true;
}

void RealServersTest::start_target() {
  if (is_crate()) {
    crate_->restart();
  } else {
    postgres().start();
  }
  is_target_down_ = false;
  target_.reconnect();
}

std::string RealServersTest::target_uri_as(const std::string& user) const {
  return "postgresql://" + user + "@127.0.0.1:" + std::to_string(postgres().port()) + "/" +
         database_;
}

Arguments RealServersTest::command(const Arguments& more) const {
  Arguments all{"cdc-relay",
                "--source",
                mongo().uri(),
                "--target",
                target_uri(),
                "--table",
                database_ + ".orders=sales.orders"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Arguments RealServersTest::once_command() const {
  return command({"--once", "--set", "stream.start=" + begin_});
}

std::unique_ptr<RelayProcess> RealServersTest::start(const Arguments& arguments) const {
  // After a kill the next one waits for the end of the lease, on CrateDB.
  std::vector<std::pair<std::string, std::string>> environment;
  if (is_crate()) environment.emplace_back("RELAY_HA_LEASE", "1s");
  return std::make_unique<RelayProcess>(RelayProcess::Options{.arguments = arguments,
                                                              .environment = environment,
                                                              .directory = directory_.path(),
                                                              .program = {},
                                                              .user = ""});
}

std::unique_ptr<RelayProcess> RealServersTest::start_streaming(const Arguments& more) const {
  std::unique_ptr<RelayProcess> relay = start(command(more));
  EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  return relay;
}

Ended RealServersTest::run(const Arguments& arguments) const {
  const std::unique_ptr<RelayProcess> relay = start(arguments);
  const int exit_code = relay->wait();
  return {exit_code, relay->log(), relay->complaint()};
}

void RealServersTest::insert(int first, int end) {
  std::vector<Bson> documents;
  for (int key = first; key < end; ++key)
    documents.push_back(make_order(key));
  source_.insert_raw("orders", documents);
}

testing::AssertionResult RealServersTest::orders_are_equal() {
  // Without transactions, a row may be seen before others of its batch.
  if (is_crate()) return wait_until_equal();
  return is_equal(source_, "orders", target_, "sales.orders");
}

bool RealServersTest::wait_until_copied() {
  return wait_until(kPatience, [&] {
    if (!target_.has_table("relay.snapshot")) return false;
    return target_.list("SELECT DISTINCT state FROM relay.snapshot") == "done";
  });
}

testing::AssertionResult RealServersTest::wait_until_equal() {
  testing::AssertionResult last = testing::AssertionFailure() << "there is no table";
  wait_until(kPatience, [&] {
    if (!target_.has_table("sales.orders")) return false;
    // Rows are compared once there are as many: that is the dear part.
    const std::int64_t document_count = source_.run(R"({"count": "orders"})").number("n");
    if (row_count() == std::to_string(document_count)) {
      last = is_equal(source_, "orders", target_, "sales.orders");
    } else {
      last = testing::AssertionFailure()
             << row_count() << " rows, " << document_count << " documents";
    }
    return static_cast<bool>(last);
  });
  return last;
}

bool RealServersTest::wait_for_row(const std::string& key) {
  return wait_until(kPatience, [&] {
    // Made by the relay, perhaps only now.
    if (!target_.has_table("sales.orders")) return false;
    return !target_.cell("SELECT 1 FROM sales.orders WHERE oid = '" + key + "'").empty();
  });
}

Bson make_order(int key, int number) {
  const std::string id = std::to_string(key);
  const std::string n = std::to_string(number);
  return Bson(
      R"({"_id": )" + id + R"(, "number": )" + n +
      R"(, "customer": {"name": "Zo\u00eb \"Q\" \\ kanarienvogel-4711 )" + id +
      R"(", "address": {"city": "\u6771\u4eac", "lines": ["a", "b"], "none": null}, "tags": []},
      "items": [{"sku": "s-)" +
      id +
      R"(", "amount": {"$numberDecimal": "19.90"}, "pieces": {"$numberLong": "9007199254740993"}},
                {"sku": "t", "amount": {"$numberDecimal": "0.10"}, "pieces": 1}],
      "total": {"$numberDouble": ")" +
      id + R"(.25"}, "whole": {"$numberDouble": "3.0"},
      "tiny": {"$numberDouble": "1e-7"}, "zero": {"$numberDouble": "-0.0"},
      "placed": {"$date": {"$numberLong": "1720739862907"}},
      "customer_id": {"$oid": "507f191e810c19729de860ea"},
      "session": {"$binary": {"base64": "c//SZESzTGmQ6OfR38A11A==", "subType": "04"}},
      "photo": {"$binary": {"base64": "AQIDBA==", "subType": "00"}},
      "paid": true, "remark": null, "empty": {}, "stamp": {"$timestamp": {"t": 7, "i": 9}}})");
}

std::string iso_time(std::uint32_t seconds) {
  const std::time_t time = seconds;
  std::tm date{};
  gmtime_r(&time, &date);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &date);
  return text;
}

}  // namespace relay
