#include "apply/sink_fixture.h"

#include <pqxx/pqxx>

#include "plan/sql_text.h"

namespace relay {

struct Session::Connection {
  explicit Connection(const std::string& uri) : link(uri), work(link) {}
  pqxx::connection link;
  pqxx::nontransaction work;
};

Session::Session(const std::string& uri) : connection_(std::make_unique<Connection>(uri)) {}
Session::~Session() = default;

void Session::run(const std::string& sql) {
  connection_->work.exec(sql);
}

std::string Session::cell(const std::string& sql) {
  const pqxx::result result = connection_->work.exec(sql);
  if (result.empty() || result[0][0].is_null()) return "";
  return result[0][0].as<std::string>();
}

Checkpoint make_checkpoint(std::uint32_t number) {
  return {
      .position = {.token = "82" + std::to_string(number), .cluster_time = {1'700'000'000, number}},
      .pipeline_hash = "00112233aabbccdd"};
}

Batch BatchMaker::operator()(const Rows& upserts, const std::vector<std::string>& removals) {
  TableRows rows{.table = &table_,
                 .upserts = RowBlock(upsert_element_oids(table_), ChunkLimits{}),
                 .removals = RowBlock(removal_element_oids(table_), ChunkLimits{})};
  for (const auto& [key, json] : upserts) {
    rows.upserts.begin_row();
    rows.upserts.add_cell(key);
    rows.upserts.add_cell(json);
    rows.upserts.end_row();
  }
  for (const std::string& key : removals) {
    rows.removals.begin_row();
    rows.removals.add_cell(key);
    rows.removals.end_row();
  }
  rows.upserts.seal();
  rows.removals.seal();
  Batch batch;
  batch.tables.push_back(std::move(rows));
  batch.sequence = ++sequence_;
  batch.end = make_checkpoint(sequence_);
  return batch;
}

PostgresServer& SinkTest::server() {
  static PostgresServer server;
  return server;
}

namespace {

std::string make_database(const PostgresServer& server) {
  static int number = 0;
  std::string name = "sink_" + std::to_string(++number);
  Session(server.uri()).run("CREATE DATABASE " + name);
  return name;
}

}  // namespace

SinkTest::SinkTest() : database_(make_database(server())), look_(uri()) {}

std::string SinkTest::uri_at(std::uint16_t port, const std::string& user) const {
  return "postgresql://" + user + "@127.0.0.1:" + std::to_string(port) + "/" + database_ +
         "?sslmode=disable&gssencmode=disable";
}

PostgresSink::Options SinkTest::options() const {
  PostgresSink::Options options;
  options.uri = Secret(uri());
  options.stream = "main";
  options.owner = kOwner;
  options.lease = std::chrono::seconds(60);
  return options;
}

std::unique_ptr<Sink> SinkTest::make_ready_sink(const PostgresSink::Options& options) const {
  std::unique_ptr<Sink> sink = PostgresSink::make(options);
  const auto opened = sink->open();
  EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
  EXPECT_TRUE(is_ok(sink->prepare(table_)));
  return sink;
}

}  // namespace relay
