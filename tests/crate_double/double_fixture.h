// What the double's own tests share. Where a real server is given (real_crate.h), the claims that
// need no trap are held against that instead, so that the double can be compared with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/row_block.h"
#include "crate_double/crate_client.h"
#include "crate_double/crate_double.h"
#include "crate_double/real_crate.h"
#include "support/postgres_server.h"

namespace relay {

inline constexpr char kUnnest[] =
    R"(INSERT INTO "doc"."t" ("oid", "data") (SELECT * FROM UNNEST($1::text[], $2::text[])) )"
    R"(ON CONFLICT ("oid") DO UPDATE SET "data" = excluded."data")";
inline constexpr char kValues[] = R"(INSERT INTO "doc"."t" ("oid", "data") VALUES ($1, $2) )"
                                  R"(ON CONFLICT ("oid") DO UPDATE SET "data" = excluded."data")";
inline constexpr char kDelete[] = R"(DELETE FROM "doc"."t" WHERE "oid" = $1)";

class CrateDoubleTest : public testing::Test {
 protected:
  static PostgresServer& postgres() {
    static PostgresServer server;
    return server;
  }

  enum class Server : std::uint8_t { any, stand_in };

  explicit CrateDoubleTest(Server server = Server::any)
      : is_stand_in_(server == Server::stand_in || !RealCrate::is_given()),
        double_({.backend_uri = postgres().uri(), .version = "6.4.3", .unknown_after_start = 1}),
        client_(uri()) {
    client_.run(R"(DROP TABLE IF EXISTS "doc"."t")");
    EXPECT_EQ(client_.run(R"(CREATE TABLE "doc"."t" ("oid" TEXT PRIMARY KEY, "data" )"
                          R"(OBJECT(DYNAMIC)) CLUSTERED INTO 1 SHARDS)"),
              "CREATE 1");
  }

  [[nodiscard]] std::string uri() const {
    return is_stand_in_ ? double_.uri() : RealCrate::uri("postgresql");
  }

  using Rows = std::vector<std::pair<std::string, std::string>>;

  // The UNNEST with binary arrays.
  std::string unnest(const Rows& rows, const std::string& returning = "") {
    RowBlock block({25U, 25U}, {.rows_max = 100'000, .bytes_max = std::size_t{1} << 30U});
    for (const auto& [key, json] : rows) {
      block.begin_row();
      block.add_cell(key);
      block.add_cell(json);
      block.end_row();
    }
    block.seal();
    const RowChunk& chunk = block.chunks().front();
    const std::array<const char*, 2> values = {chunk.columns[0].data(), chunk.columns[1].data()};
    const std::array<int, 2> lengths = {static_cast<int>(chunk.columns[0].size()),
                                        static_cast<int>(chunk.columns[1].size())};
    const std::array<int, 2> formats = {1, 1};
    const std::string sql = kUnnest + returning;
    PGresult* result = PQexecParams(
        client_.raw(), sql.c_str(), 2, nullptr, values.data(), lengths.data(), formats.data(), 0);
    std::string answer = PQcmdStatus(result);
    for (int row = 0; row < PQntuples(result); ++row)
      answer += std::string(" ") + PQgetvalue(result, row, 0);
    if (answer.empty()) {
      const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
      answer = text == nullptr ? "closed" : text;
    }
    PQclear(result);
    return answer;
  }

  std::string document(const std::string& key) {
    std::string text = client_.cell(R"(SELECT "data" FROM "doc"."t" WHERE "oid" = $1)", {key});
    std::erase(text, ' ');  // PostgreSQL prints some, CrateDB none.
    return text;
  }

  bool is_stand_in_;
  CrateDouble double_;
  CrateClient client_;
};

}  // namespace relay
