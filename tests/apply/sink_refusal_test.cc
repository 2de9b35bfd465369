// Targets that cannot be written to: every refusal says what is wrong and what to type.
#include <array>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "apply/sink_fixture.h"
#include "support/free_port.h"

namespace relay {
namespace {

using std::chrono::milliseconds;

// Greets one client as CrateDB does, then waits for it to go.
class FakeServer {
 public:
  FakeServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        listen(listener_, 1) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
      throw std::runtime_error("fake server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~FakeServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  static std::string message(char type, std::string_view body) {
    std::string bytes(1, type);
    const auto length = static_cast<std::uint32_t>(body.size() + 4);
    for (const unsigned shift : {24U, 16U, 8U, 0U})
      bytes.push_back(static_cast<char>(length >> shift));
    return bytes.append(body);
  }
  void serve() const {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    std::array<char, 4'096> buffer{};
    std::string greeting = message('R', std::string_view("\0\0\0\0", 4));
    greeting += message('S', std::string_view("crate_version\0005.7.0\0", 20));
    greeting += message('Z', "I");
    if (recv(client, buffer.data(), buffer.size(), 0) > 0) {
      send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL);
      while (recv(client, buffer.data(), buffer.size(), 0) > 0) {
      }
    }
    close(client);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

class SinkRefusalTest : public SinkTest {
 protected:
  [[nodiscard]] Error open_error(const std::string& target) const {
    PostgresSink::Options changed = options();
    changed.uri = Secret(target);
    changed.connect_timeout = milliseconds(5'000);
    const auto opened = PostgresSink::make(changed)->open();
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? Error{} : opened.error();
  }

  [[nodiscard]] Error prepare_error(Sink& sink) const {
    const Status prepared = sink.prepare(table_);
    EXPECT_FALSE(prepared.ok());
    return prepared.ok() ? Error{} : prepared.error();
  }

  // A role without any rights, new for each test.
  std::string make_role(const std::string& name) {
    look_.run("CREATE ROLE " + name + " LOGIN");
    return name;
  }

  [[nodiscard]] PostgresSink::Options options_as(const std::string& role) const {
    PostgresSink::Options as_role = options();
    as_role.uri = Secret(uri_at(server().port(), role));
    return as_role;
  }

  // Runs the lines of a hint, as the operator would.
  void run_hint(const std::string& hint) { look_.run(hint); }
};

TEST_F(SinkRefusalTest, ATableInTheWayIsNamedWithAllItsDifferences) {
  const std::unique_ptr<Sink> sink = make_sink();
  ASSERT_TRUE(sink->open().ok());
  look_.run("CREATE SCHEMA sales");
  look_.run(
      "CREATE TABLE sales.orders (id INTEGER PRIMARY KEY, data JSON, total NUMERIC NOT NULL)");
  const Error error = prepare_error(*sink);
  EXPECT_EQ(error.kind, ErrorKind::sink_refused);
  for (const std::string part : {"column oid: expected text NOT NULL, found nothing",
                                 "column data: expected jsonb NOT NULL, found json NULL",
                                 "column total: expected nothing",
                                 "primary key: expected (\"oid\"), found (\"id\")"}) {
    EXPECT_NE(error.message.find(part), std::string::npos) << part << " in " << error.message;
  }
  EXPECT_EQ(
      look_.cell("SELECT count(*) FROM information_schema.columns WHERE table_name = 'orders'"),
      "3")
      << "an existing table is never altered";
}

TEST_F(SinkRefusalTest, ATableThatFitsIsTakenAsItIs) {
  const std::unique_ptr<Sink> sink = make_sink();
  ASSERT_TRUE(sink->open().ok());
  look_.run("CREATE SCHEMA sales");
  look_.run(
      "CREATE TABLE sales.orders (note TEXT, data JSONB NOT NULL, oid TEXT PRIMARY KEY, "
      "made_at TIMESTAMPTZ NOT NULL DEFAULT now(), n INT GENERATED ALWAYS AS ((data->>'n')::int) "
      "STORED)");
  ASSERT_TRUE(is_ok(sink->prepare(table_)));
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", R"({"n": 5})"}}))));
  EXPECT_EQ(look_.cell("SELECT n FROM sales.orders"), "5");
}

TEST_F(SinkRefusalTest, AViewOrACaseBlindKeyIsRefused) {
  const std::unique_ptr<Sink> sink = make_sink();
  ASSERT_TRUE(sink->open().ok());
  look_.run("CREATE SCHEMA sales");
  look_.run("CREATE VIEW sales.orders AS SELECT 'a'::text AS oid, '{}'::jsonb AS data");
  EXPECT_EQ(prepare_error(*sink).kind, ErrorKind::sink_refused);
  look_.run("DROP VIEW sales.orders");
  look_.run(
      "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  look_.run("CREATE TABLE sales.orders (oid TEXT COLLATE blind PRIMARY KEY, data JSONB NOT NULL)");
  EXPECT_NE(prepare_error(*sink).message.find("collation"), std::string::npos);
}

TEST_F(SinkRefusalTest, MissingRightsComeWithTheLineThatGrantsThem) {
  const std::string role = make_role("rightless");
  look_.run("CREATE SCHEMA relay AUTHORIZATION rightless");
  look_.run("CREATE SCHEMA sales");
  look_.run("CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT NULL)");
  look_.run("GRANT SELECT ON sales.orders TO rightless");
  const std::unique_ptr<Sink> sink = PostgresSink::make(options_as(role));
  ASSERT_TRUE(sink->open().ok());
  const Error error = prepare_error(*sink);
  EXPECT_EQ(error.kind, ErrorKind::sink_refused);
  EXPECT_NE(error.message.find("USAGE, INSERT, UPDATE, DELETE"), std::string::npos)
      << error.message;
  run_hint(error.hint);
  ASSERT_TRUE(is_ok(sink->prepare(table_)));
  EXPECT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}, {"b"}))));
}

TEST_F(SinkRefusalTest, NoRightToCreateComesWithTheLineThatGrantsIt) {
  const std::string role = make_role("creatorless");
  const std::unique_ptr<Sink> sink = PostgresSink::make(options_as(role));
  const auto opened = sink->open();
  ASSERT_EQ(kind_of(opened), ErrorKind::sink_refused);
  EXPECT_TRUE(opened.error().hint.starts_with("GRANT CREATE ON DATABASE")) << opened.error().hint;
  look_.run("CREATE SCHEMA relay AUTHORIZATION creatorless");
  ASSERT_TRUE(sink->open().ok());

  const Error no_schema = prepare_error(*sink);
  EXPECT_EQ(no_schema.kind, ErrorKind::sink_refused);
  EXPECT_TRUE(no_schema.hint.starts_with("GRANT CREATE ON DATABASE")) << no_schema.hint;
  look_.run("CREATE SCHEMA sales");
  const Error no_table = prepare_error(*sink);
  EXPECT_EQ(no_table.kind, ErrorKind::sink_refused);
  run_hint(no_table.hint);
  EXPECT_TRUE(is_ok(sink->prepare(table_)));
}

TEST_F(SinkRefusalTest, BookkeepingMadeByAnotherRoleNeedsRights) {
  ASSERT_TRUE(make_sink()->open().ok());
  const std::string role = make_role("guest");
  look_.run("DELETE FROM relay.checkpoint");
  const std::unique_ptr<Sink> sink = PostgresSink::make(options_as(role));
  const auto opened = sink->open();
  ASSERT_EQ(kind_of(opened), ErrorKind::sink_refused);
  EXPECT_NE(opened.error().hint.find("GRANT"), std::string::npos) << opened.error().message;
  look_.run(
      "GRANT USAGE ON SCHEMA relay TO guest; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN "
      "SCHEMA relay TO guest");
  EXPECT_TRUE(sink->open().ok());
}

TEST_F(SinkRefusalTest, ATableDroppedUnderTheRelayStopsIt) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("DROP TABLE sales.orders");
  EXPECT_EQ(kind_of(sink->apply(batch_({{"a", "{}"}}))), ErrorKind::sink_refused);
  EXPECT_EQ(token(), "");
}

TEST_F(SinkRefusalTest, AnUnknownDatabaseOrRoleIsRefused) {
  const std::string port = std::to_string(server().port());
  const Error no_database = open_error("postgresql://postgres@127.0.0.1:" + port + "/nowhere");
  EXPECT_EQ(no_database.kind, ErrorKind::sink_refused);
  EXPECT_NE(no_database.message.find("nowhere"), std::string::npos) << no_database.message;
  EXPECT_FALSE(no_database.hint.empty());
  EXPECT_EQ(open_error("postgresql://nobody@127.0.0.1:" + port + "/relay").kind,
            ErrorKind::sink_refused);
}

TEST_F(SinkRefusalTest, AWrongOrMissingPasswordIsRefusedAndNotRepeated) {
  PostgresServer::Options with_password;
  with_password.auth = true;
  const PostgresServer guarded(with_password);
  const Error wrong = open_error(guarded.uri_for("postgres", "canary-4711"));
  EXPECT_EQ(wrong.kind, ErrorKind::sink_refused);
  EXPECT_NE(wrong.message.find("28P01"), std::string::npos) << wrong.message;
  EXPECT_EQ((wrong.message + wrong.hint).find("canary"), std::string::npos);
  const Error missing =
      open_error("postgresql://postgres@127.0.0.1:" + std::to_string(guarded.port()) + "/relay");
  EXPECT_EQ(missing.kind, ErrorKind::sink_refused);
  EXPECT_FALSE(missing.hint.empty());
  PostgresSink::Options right = options();
  right.uri = Secret(guarded.uri());
  EXPECT_TRUE(PostgresSink::make(right)->open().ok());
}

TEST_F(SinkRefusalTest, SomethingThatIsNoConnectionStringIsNotRepeatedEither) {
  for (const std::string text : {"canary",
                                 "mysql://canary:canary@host",
                                 "postgresql://a:canary@host/db?canary=1",
                                 "postgresql://a:can%ary@host/db"}) {
    const Error error = open_error(text);
    EXPECT_EQ(error.kind, ErrorKind::config_invalid) << text;
    EXPECT_EQ((error.message + error.hint).find("can"), std::string::npos) << error.message;
  }
}

TEST_F(SinkRefusalTest, ADatabaseThatCannotHoldAllCharactersIsRefused) {
  look_.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  const Error error =
      open_error("postgresql://postgres@127.0.0.1:" + std::to_string(server().port()) + "/latin");
  EXPECT_EQ(error.kind, ErrorKind::sink_refused);
  EXPECT_NE(error.message.find("LATIN1"), std::string::npos);
}

// A server that says of itself what CrateDB says, and no more.
TEST_F(SinkRefusalTest, CrateDbIsRecognisedAndRefused) {
  FakeServer crate;
  const Error error = open_error("postgresql://crate@127.0.0.1:" + std::to_string(crate.port()) +
                                 "/doc?sslmode=disable&gssencmode=disable");
  EXPECT_EQ(error.kind, ErrorKind::sink_refused);
  EXPECT_NE(error.message.find("CrateDB"), std::string::npos) << error.message;
}

TEST_F(SinkRefusalTest, AServerThatIsNotThereIsWaitedFor) {
  const Error error =
      open_error("postgresql://postgres@127.0.0.1:" + std::to_string(pick_free_port()) + "/relay");
  EXPECT_EQ(error.kind, ErrorKind::sink_unavailable);
  EXPECT_NE(error.message.find("refused"), std::string::npos) << error.message;
}

TEST_F(SinkRefusalTest, AReadOnlyServerIsWaitedFor) {
  look_.run("ALTER ROLE postgres SET default_transaction_read_only = on");
  const auto opened = make_sink()->open();
  look_.run(
      "SET default_transaction_read_only = off; ALTER ROLE postgres RESET "
      "default_transaction_read_only");
  ASSERT_EQ(kind_of(opened), ErrorKind::sink_unavailable);
  EXPECT_NE(opened.error().hint.find("primary"), std::string::npos) << opened.error().message;
}

}  // namespace
}  // namespace relay
