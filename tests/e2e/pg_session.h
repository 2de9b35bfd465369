// A session on the target beside the relay's. Throws what libpqxx throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace relay {

using Cells = std::vector<std::optional<std::string>>;  // nullopt: NULL.

// On CrateDB everything that was written before a statement is visible to it, and a text of several
// statements is sent one by one.
enum class Dialect : std::uint8_t { postgresql, cratedb };

class PgSession {
 public:
  explicit PgSession(std::string uri, Dialect dialect = Dialect::postgresql);
  ~PgSession();

  // After the server was gone. A CrateDB that has just started knows no tables for a moment:
  // statements wait for them.
  void reconnect();

  void run(const std::string& sql) { rows(sql); }
  // The first cell; "" when there is none, or it is NULL.
  std::string cell(const std::string& sql);
  std::vector<Cells> rows(const std::string& sql);
  // The first cells of all rows, with blanks between. For an order that both dialects can say.
  std::string list(const std::string& sql);

  // What both dialects say in words of their own.
  [[nodiscard]] Dialect dialect() const { return dialect_; }
  // "schema.table".
  bool has_table(const std::string& table);
  void drop_tables(const std::string& schema);
  // With its schema. `columns`: as SQL, in types that both know.
  void create_table(const std::string& table, const std::string& columns);
  // As the relay makes it for a collection without columns.
  void create_mirror(const std::string& table);
  // Rows {} of these keys in such a table.
  void fill_mirror(const std::string& table, const std::vector<std::string>& keys);
  // A part of a JSON column as text: json("data", {"a", "b"}).
  [[nodiscard]] std::string json(const std::string& column,
                                 const std::vector<std::string>& path) const;

  // Fills a table of two columns, in one statement. PostgreSQL only.
  void fill(const std::string& table, const std::vector<std::pair<std::string, std::string>>& rows);

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Connection;
  void refresh(const std::string& sql);
  std::vector<Cells> rows_of_one(const std::string& sql);

  std::string uri_;
  Dialect dialect_;
  std::optional<SteadyClock::time_point> started_at_;  // See reconnect().
  std::unique_ptr<Connection> connection_;
};

}  // namespace relay
