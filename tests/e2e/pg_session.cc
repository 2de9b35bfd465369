#include "e2e/pg_session.h"

#include <exception>
#include <regex>
#include <string_view>

#include <pqxx/pqxx>

namespace relay {

struct PgSession::Connection {
  explicit Connection(const std::string& uri) : link(uri), work(link) {}
  pqxx::connection link;
  pqxx::nontransaction work;
};

namespace {

constexpr std::chrono::seconds kStartMax{20};

// At semicolons that are in no text.
std::vector<std::string> split_statements(const std::string& sql) {
  std::vector<std::string> statements(1);
  bool is_quoted = false;
  for (const char c : sql) {
    if (c == '\'') is_quoted = !is_quoted;
    if (c == ';' && !is_quoted) {
      statements.emplace_back();
    } else {
      statements.back().push_back(c);
    }
  }
  std::erase_if(statements, [](const std::string& statement) {
    return statement.find_first_not_of(' ') == std::string::npos;
  });
  return statements;
}

}  // namespace

PgSession::PgSession(std::string uri, Dialect dialect)
    : uri_(std::move(uri)), dialect_(dialect), connection_(std::make_unique<Connection>(uri_)) {}
PgSession::~PgSession() = default;

void PgSession::reconnect() {
  connection_.reset();
  connection_ = std::make_unique<Connection>(uri_);
  started_at_ = SteadyClock::now();
}

std::string PgSession::cell(const std::string& sql) {
  const std::vector<Cells> found = rows(sql);
  return found.empty() || found[0].empty() ? "" : found[0][0].value_or("");
}

void PgSession::refresh(const std::string& sql) {
  static const std::regex kTable(R"((?:FROM|JOIN|UPDATE)\s+((?:relay|sales)\.\w+))");
  const auto end = std::sregex_iterator();
  for (auto found = std::sregex_iterator(sql.begin(), sql.end(), kTable); found != end; ++found)
    connection_->work.exec("REFRESH TABLE " + (*found)[1].str());
}

std::string PgSession::list(const std::string& sql) {
  std::string all;
  for (const Cells& row : rows(sql))
    all += (all.empty() ? "" : " ") + row.at(0).value_or("");
  return all;
}

bool PgSession::has_table(const std::string& table) {
  const std::size_t dot = table.find('.');
  return cell("SELECT count(*) FROM information_schema.tables WHERE table_schema = '" +
              table.substr(0, dot) + "' AND table_name = '" + table.substr(dot + 1) + "'") == "1";
}

void PgSession::drop_tables(const std::string& schema) {
  for (const Cells& row :
       rows("SELECT table_name FROM information_schema.tables WHERE table_schema = '" + schema +
            "'"))
    run("DROP TABLE " + schema + ".\"" + row.at(0).value_or("") + "\"");
}

void PgSession::create_table(const std::string& table, const std::string& columns) {
  // Schemas are what their tables make them on CrateDB.
  if (dialect_ == Dialect::postgresql)
    run("CREATE SCHEMA IF NOT EXISTS " + table.substr(0, table.find('.')));
  run("CREATE TABLE " + table + " (" + columns + ")");
}

void PgSession::create_mirror(const std::string& table) {
  create_table(table,
               dialect_ == Dialect::postgresql
                   ? "oid TEXT PRIMARY KEY, data JSONB NOT NULL"
                   : "oid TEXT PRIMARY KEY, data OBJECT(DYNAMIC), overflow TEXT INDEX OFF STORAGE "
                     "WITH (columnstore = false)");
}

void PgSession::fill_mirror(const std::string& table, const std::vector<std::string>& keys) {
  std::string values;
  for (const std::string& key : keys)
    values += (values.empty() ? "('" : ", ('") + key + "', '{}')";
  run("INSERT INTO " + table + " (oid, data) VALUES " + values);
}

std::string PgSession::json(const std::string& column, const std::vector<std::string>& path) const {
  std::string expression = column;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (dialect_ == Dialect::cratedb) {
      expression += "['" + path[i] + "']";
    } else {
      expression += (i + 1 == path.size() ? "->>'" : "->'") + path[i] + "'";
    }
  }
  return expression;
}

std::vector<Cells> PgSession::rows(const std::string& sql) {
  if (dialect_ == Dialect::cratedb) {
    const std::vector<std::string> statements = split_statements(sql);
    for (std::size_t i = 0; i + 1 < statements.size(); ++i)
      rows(statements[i]);
    if (statements.size() > 1) return rows(statements.back());
  }
  while (dialect_ == Dialect::cratedb && started_at_) {
    try {
      return rows_of_one(sql);
    } catch (const std::exception& error) {
      const bool is_unknown = std::string_view(error.what()).find("unknown") != std::string::npos;
      if (!is_unknown || SteadyClock::now() > *started_at_ + kStartMax) throw;
    }
  }
  return rows_of_one(sql);
}

std::vector<Cells> PgSession::rows_of_one(const std::string& sql) {
  if (dialect_ == Dialect::cratedb) refresh(sql);
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
