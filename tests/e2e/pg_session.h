// A session on the target beside the relay's. Throws what libpqxx throws.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace relay {

using Cells = std::vector<std::optional<std::string>>;  // nullopt: NULL.

class PgSession {
 public:
  explicit PgSession(std::string uri);
  ~PgSession();

  // After the server was gone.
  void reconnect();

  void run(const std::string& sql) { rows(sql); }
  // The first cell; "" when there is none, or it is NULL.
  std::string cell(const std::string& sql);
  std::vector<Cells> rows(const std::string& sql);
  // Fills a table of two columns, in one statement.
  void fill(const std::string& table, const std::vector<std::pair<std::string, std::string>>& rows);

 private:
  struct Connection;
  std::string uri_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace relay
