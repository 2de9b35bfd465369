#include "e2e/pg_session.h"

#include <pqxx/pqxx>

namespace relay {

struct PgSession::Connection {
  explicit Connection(const std::string& uri) : link(uri), work(link) {}
  pqxx::connection link;
  pqxx::nontransaction work;
};

PgSession::PgSession(std::string uri)
    : uri_(std::move(uri)), connection_(std::make_unique<Connection>(uri_)) {}
PgSession::~PgSession() = default;

void PgSession::reconnect() {
  connection_.reset();
  connection_ = std::make_unique<Connection>(uri_);
}

std::string PgSession::cell(const std::string& sql) {
  const std::vector<Cells> found = rows(sql);
  return found.empty() || found[0].empty() ? "" : found[0][0].value_or("");
}

std::vector<Cells> PgSession::rows(const std::string& sql) {
  const pqxx::result result = connection_->work.exec(sql);
  std::vector<Cells> rows;
  for (const auto& row : result) {
    Cells& cells = rows.emplace_back();
    for (const auto& field : row) {
      cells.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
    }
  }
  return rows;
}

void PgSession::fill(const std::string& table,
                     const std::vector<std::pair<std::string, std::string>>& rows) {
  pqxx::stream_to stream(connection_->work, table);
  for (const auto& [first, second] : rows)
    stream << std::make_tuple(first, second);
  stream.complete();
}

}  // namespace relay
