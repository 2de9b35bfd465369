// What the tests of the PostgreSQL sink share: one server, a database for each test, batches by
// hand.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "apply/postgres_sink.h"
#include "core/batch.h"
#include "mapping/table_mapping.h"
#include "support/postgres_server.h"

namespace relay {

// A session of its own beside the sink's. Throws what libpqxx throws.
class Session {
 public:
  explicit Session(const std::string& uri);
  ~Session();

  void run(const std::string& sql);
  // The first cell; "" when there is none, or it is NULL.
  std::string cell(const std::string& sql);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

using Rows = std::vector<std::pair<std::string, std::string>>;  // Key text, JSON.

// Makes batches of one table. Positions count up, so that each batch has one of its own.
class BatchMaker {
 public:
  explicit BatchMaker(const TableMapping& table) : table_(table) {}

  Batch operator()(const Rows& upserts, const std::vector<std::string>& removals = {});

 private:
  const TableMapping& table_;
  std::uint32_t sequence_ = 0;
};

Checkpoint make_checkpoint(std::uint32_t number);

class SinkTest : public testing::Test {
 protected:
  static constexpr char kOwner[] = "0123456789abcdef0123456789abcdef";
  static constexpr char kOtherOwner[] = "fedcba9876543210fedcba9876543210";
  static constexpr std::chrono::seconds kPatience{20};  // Of wait_until(); nothing takes that long.

  SinkTest();

  // Of the one server all tests share; it runs when a test begins.
  static PostgresServer& server();

  // To this test's database, as superuser.
  [[nodiscard]] std::string uri() const { return uri_at(server().port()); }
  [[nodiscard]] std::string uri_at(std::uint16_t port, const std::string& user = "postgres") const;

  [[nodiscard]] PostgresSink::Options options() const;
  [[nodiscard]] std::unique_ptr<Sink> make_sink() const { return PostgresSink::make(options()); }
  // Opened, table_ prepared.
  [[nodiscard]] std::unique_ptr<Sink> make_ready_sink(const PostgresSink::Options& options) const;
  [[nodiscard]] std::unique_ptr<Sink> make_ready_sink() const { return make_ready_sink(options()); }

  // Keys of table_ in order, "a,b,c".
  std::string keys() {
    return look_.cell("SELECT string_agg(oid, ',' ORDER BY oid) FROM sales.orders");
  }
  // The token that is stored.
  std::string token() {
    return look_.cell("SELECT token FROM relay.checkpoint WHERE stream = 'main'");
  }
  // Sessions of sinks that wait for a lock.
  std::string waiting_count() {
    return look_.cell(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name = 'relay' AND wait_event_type = 'Lock'");
  }

 private:
  std::string database_;

 protected:
  TableMapping table_{.from = {"shop", "orders"}, .to = {"sales", "orders"}, .json = {}};
  Session look_;
  BatchMaker batch_{table_};
};

// The claim of most tests: ok, or the text of the error.
inline testing::AssertionResult is_ok(const Status& status) {
  if (status.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << format_kind(status.error().kind) << ": " << status.error().message;
}

// What kind of error it is; `internal` with a failed expectation when it is none.
template <class T>
ErrorKind kind_of(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::internal : result.error().kind;
}

inline std::string name_of(ErrorKind kind) {
  return std::string(format_kind(kind));
}

}  // namespace relay
