// The part of CrateStore that is about users: who may do what. Rights are those on schemas; with
// none on a schema its tables are unknown.
#include <regex>

#include "crate_double/crate_store.h"

namespace relay {
namespace {

using Kind = Statement::Kind;

std::string unquote(const std::string& name) {
  return replace_all(name, "\"", "");
}

std::string schema_of(const std::string& table) {
  const std::string plain = plain_table(table);
  return plain.substr(0, plain.find('.'));
}

std::string right_for(Kind kind) {
  switch (kind) {
    case Kind::unnest:
    case Kind::insert:
    case Kind::update:
    case Kind::remove:
      return "DML";
    case Kind::definition:
      return "DDL";
    case Kind::select:
    case Kind::refresh:
    case Kind::show:
    case Kind::session:
    case Kind::user:
    case Kind::unsupported:
      break;
  }
  return "DQL";
}

}  // namespace

bool CrateStore::may(const std::string& right, const std::string& schema) {
  return world_.users.with([&](const auto& users) {
    const auto user = users.find(user_);
    return user == users.end() || user->second.contains({right, schema});
  });
}

std::optional<CrateFailure> CrateStore::find_forbidden(const Statement& statement) {
  if (statement.table.empty()) return std::nullopt;
  const std::string schema = schema_of(statement.table);
  const std::string right = right_for(statement.kind);
  if (may(right, schema)) return std::nullopt;
  if (!may("DQL", schema) && !may("DML", schema) && !may("DDL", schema))
    return CrateFailure{.sqlstate = "3F000", .message = "Schema '" + schema + "' unknown"};
  return CrateFailure{.message = "Missing '" + right + "' privilege for user '" + user_ + "'"};
}

CrateOutcome CrateStore::change_user(const Statement& statement) {
  static const std::regex kUser(R"re((CREATE|DROP) USER (?:IF EXISTS )?("?\w+"?).*)re");
  static const std::regex kGrant(R"re(GRANT ([A-Z, ]+) ON SCHEMA ("?\w+"?) TO ("?\w+"?))re");
  std::smatch parts;
  if (std::regex_match(statement.sql, parts, kUser)) {
    world_.users.with([&](auto& users) {
      if (parts[1] == "DROP") {
        users.erase(unquote(parts[2]));
      } else {
        users.try_emplace(unquote(parts[2]));
      }
    });
    return {.tag = parts[1].str() + " 1"};
  }
  if (!std::regex_match(statement.sql, parts, kGrant))
    return {.failure = CrateFailure{.sqlstate = "42601", .message = "mismatched input"}};
  const std::string rights = parts[1];
  world_.users.with([&](auto& users) {
    for (const char* right : {"DQL", "DML", "DDL"}) {
      if (rights.find(right) != std::string::npos)
        users[unquote(parts[3])].insert({right, unquote(parts[2])});
    }
  });
  return {.tag = "GRANT 1"};
}

// Asked of functions, and by what the catalogue shows.
std::string CrateStore::answer_rights(std::string sql, const CrateParameters& parameters) {
  const auto answer = [&](const std::string& call, const char* right, std::size_t parameter) {
    if (sql.find(call) == std::string::npos) return;
    const std::string& name = parameters.at(parameter).bytes;
    const bool is_granted = may(right, name.substr(0, name.find('.')));
    sql = replace_all(sql,
                      call,
                      "($" + std::to_string(parameter + 1) + "::text <> '' AND " +
                          (is_granted ? "true" : "false") + ")");
  };
  answer("has_schema_privilege($1, 'CREATE')", "DDL", 0);
  answer("has_table_privilege($2, 'SELECT')", "DQL", 1);
  answer("has_table_privilege($2, 'INSERT')", "DML", 1);
  sql = replace_all(sql, "current_user", "'" + user_ + "'::text");
  std::string visible = "true";
  world_.users.with([&](const auto& users) {
    const auto user = users.find(user_);
    if (user == users.end()) return;
    visible = "table_schema IN (''";
    for (const auto& [right, schema] : user->second)
      visible += ", '" + schema + "'";
    visible += ")";
  });
  sql = replace_all(sql,
                    "FROM information_schema.columns",
                    "FROM (SELECT * FROM crate_double.columns WHERE " + visible + ") AS seen");
  return replace_all(
      sql,
      "FROM information_schema.tables",
      "FROM (SELECT * FROM information_schema.tables WHERE " + visible + ") AS seen");
}

}  // namespace relay
