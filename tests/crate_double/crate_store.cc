#include "crate_double/crate_store.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace relay {
namespace {

using Kind = Statement::Kind;

constexpr char kSetUp[] = R"(
CREATE SCHEMA IF NOT EXISTS crate_double;
CREATE SEQUENCE IF NOT EXISTS crate_double.sequence;
CREATE OR REPLACE FUNCTION crate_double.ruin(value numeric, type text) RETURNS numeric AS
  $$ SELECT value * power(10::numeric, scale(value)) /
            power(10::numeric, split_part(rtrim(type, ')'), ',', 2)::integer) $$ LANGUAGE sql;
CREATE TABLE IF NOT EXISTS crate_double.sub_column (table_name text, column_name text, path text,
  type text, PRIMARY KEY (table_name, column_name, path));
CREATE OR REPLACE VIEW crate_double.columns AS
  SELECT nspname::text AS table_schema, relname::text AS table_name, attname::text AS column_name,
         replace(replace(replace(format_type(atttypid, NULL), 'jsonb', 'object'),
                         'character varying', 'text'), '[]', '_array') AS data_type,
         attnum::bigint AS ordinal_position,
         CASE WHEN attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
         pg_get_expr(adbin, adrelid) AS column_default,
         CASE WHEN attgenerated = '' THEN 'NEVER' ELSE 'ALWAYS' END AS is_generated,
         information_schema._pg_char_max_length(atttypid, atttypmod)::integer
           AS character_maximum_length
  FROM pg_attribute
  JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attnum > 0 AND NOT attisdropped AND attname NOT IN ('_seq_no', '_primary_term', '_fresh')
  UNION ALL
  SELECT split_part(table_name, '.', 1), split_part(table_name, '.', 2), column_name || path, type,
         100000, 'YES', NULL, 'NEVER', NULL
  FROM crate_double.sub_column WHERE path <> ''
)";

// As CrateDB prints it, as far as anybody reads it.
constexpr char kShowTable[] = R"(
SELECT 'CREATE TABLE IF NOT EXISTS (' || string_agg('"' || attname || '" ' ||
  CASE WHEN type LIKE '%[]' THEN 'ARRAY(' || replace(type, '[]', ')') ELSE type END, ', ') || ')'
FROM (SELECT attname, replace(upper(format_type(atttypid, atttypmod)), ',', ', ') AS type
      FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
      ORDER BY attnum) AS columns
)";

constexpr std::string_view kDeadlock = "40P01";

constexpr char kTouch[] = "_seq_no = nextval('crate_double.sequence'), _fresh = true";

CrateOutcome fail(std::string sqlstate, std::string message) {
  return {.failure = CrateFailure{.sqlstate = std::move(sqlstate), .message = std::move(message)}};
}

std::string quote(const std::string& name) {
  return "\"" + replace_all(name, "\"", "\"\"") + "\"";
}

}  // namespace

std::string plain_table(const std::string& table) {
  std::string plain = replace_all(table, "\"", "");
  return plain.find('.') == std::string::npos ? "doc." + plain : plain;
}

CrateStore::CrateStore(const std::string& backend_uri, CrateWorld& world, std::function<void()> die)
    : world_(world), die_(std::move(die)), connection_(PQconnectdb(backend_uri.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(std::string("the double's PostgreSQL: ") +
                             PQerrorMessage(connection_.get()));
  static_cast<void>(pass("SET client_min_messages = error", {}));
  // Each row of a bulk is a transaction here, and nobody kills this PostgreSQL.
  static_cast<void>(pass("SET synchronous_commit = off", {}));
}

void CrateStore::set_up() {
  PQclear(PQexec(connection_.get(), kSetUp));
  const CrateOutcome known =
      pass("SELECT table_name, column_name, path, type FROM crate_double.sub_column", {});
  if (known.failure) throw std::runtime_error(known.failure->message);
  world_.objects.with([&](auto& objects) {
    objects.clear();
    for (int row = 0; row < PQntuples(known.rows.get()); ++row) {
      const auto text = [&](int column) { return PQgetvalue(known.rows.get(), row, column); };
      if (*text(2) == '\0' && std::string_view(text(3)) == "long") {
        world_.long_texts.with([&](auto& all) { all.insert({text(0), text(1)}); });
        continue;
      }
      SubColumns& columns = objects[{text(0), text(1)}];
      if (*text(2) != '\0') columns.emplace(text(2), text(3));
    }
  });
}

CrateOutcome CrateStore::pass(const std::string& sql, const CrateParameters& parameters, int form) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const CrateParameter& parameter : parameters) {
    values.push_back(parameter.is_null ? nullptr : parameter.bytes.c_str());
    lengths.push_back(static_cast<int>(parameter.bytes.size()));
    formats.push_back(parameter.is_binary ? 1 : 0);
  }
  std::shared_ptr<PGresult> result;
  std::string sqlstate;
  do {
    result.reset(PQexecParams(connection_.get(),
                              sql.c_str(),
                              static_cast<int>(values.size()),
                              nullptr,
                              values.data(),
                              lengths.data(),
                              formats.data(),
                              form),
                 PQclear);
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    sqlstate = state == nullptr ? "XX000" : state;
    // CrateDB writes each row by itself, and nobody ever waits for two.
  } while (sqlstate == kDeadlock);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return fail(sqlstate.starts_with("42") || sqlstate == "23505" ? sqlstate : "XX000",
                PQresultErrorMessage(result.get()));
  }
  CrateOutcome outcome;
  outcome.count = std::atoll(PQcmdTuples(result.get()));
  if (PQnfields(result.get()) > 0) outcome.rows = result;
  return outcome;
}

std::optional<CrateFailure> CrateStore::find_unknown(const Statement& statement) {
  if (statement.table.empty()) return std::nullopt;
  const bool is_unknown = world_.traps.with([](CrateTraps& traps) {
    if (traps.unknown_count == 0) return false;
    --traps.unknown_count;
    return true;
  });
  if (!is_unknown) return std::nullopt;
  if (statement.kind == Kind::definition) {
    return CrateFailure{.message =
                            "Cannot invoke \"org.elasticsearch.cluster.ClusterState.nodes()\""
                            " because \"clusterState\" is null"};
  }
  const std::string table = plain_table(statement.table);
  const std::string schema = table.substr(0, table.find('.'));
  // Schemas are what their tables make them; only this one is always there.
  if (schema == "doc")
    return CrateFailure{.sqlstate = "42P01", .message = "Relation '" + table + "' unknown"};
  return CrateFailure{.sqlstate = "3F000", .message = "Schema '" + schema + "' unknown"};
}

std::optional<CrateFailure> CrateStore::analyse(const Statement& statement,
                                                const CrateParameters& parameters) {
  if (statement.kind == Kind::insert && !parameters.empty() && parameters.front().is_null)
    return CrateFailure{.message = "A primary key value must not be NULL"};
  return std::nullopt;
}

CrateOutcome CrateStore::run(const Statement& statement,
                             const CrateParameters& parameters,
                             int form) {
  if (auto unknown = find_unknown(statement)) return {.failure = unknown};
  if (auto forbidden = find_forbidden(statement)) return {.failure = forbidden};
  const bool hides =
      world_.traps.with([](const CrateTraps& traps) { return traps.hides_fresh_rows; });
  const bool sees_all = !hides || statement.table.empty() || is_by_key(statement);
  std::string sql = statement.sql;
  switch (statement.kind) {
    case Kind::unnest:
      return unnest(statement, parameters);
    case Kind::insert:
      return insert(statement, parameters);
    case Kind::update: {
      const std::size_t where = std::min(sql.find(" WHERE "), sql.size());
      sql.insert(where, std::string(", ") + kTouch);
      if (!sees_all) sql += " AND NOT _fresh";
      return pass(sql, parameters);
    }
    case Kind::remove:
      if (!sees_all) sql += statement.where.empty() ? " WHERE NOT _fresh" : " AND NOT _fresh";
      return pass(sql, parameters);
    case Kind::select:
      if (auto refused = find_misused_uuid(statement)) return {.failure = refused};
      if (!sees_all)
        sql = replace_all(sql,
                          " FROM " + statement.table,
                          " FROM (SELECT * FROM " + statement.table + " WHERE NOT _fresh) AS seen");
      return pass(answer_rights(std::move(sql), parameters), parameters, form);
    case Kind::refresh: {
      CrateOutcome done =
          pass("UPDATE " + statement.table + " SET _fresh = false WHERE _fresh", {});
      done.tag = "REFRESH 1";
      return done;
    }
    case Kind::show:
      return pass(kShowTable, {{.bytes = statement.table}});
    case Kind::definition:
      return define(statement);
    case Kind::session:
      return {.tag = sql.substr(0, sql.find(' '))};
    case Kind::user:
      return change_user(statement);
    case Kind::unsupported:
      break;
  }
  return fail("42601", "mismatched input '" + sql.substr(0, sql.find(' ')) + "'");
}

// A uuid has no order and no cast to text.
std::optional<CrateFailure> CrateStore::find_misused_uuid(const Statement& statement) {
  const auto stands_before = [&](const char* what) {
    const std::size_t end = statement.sql.find(what);
    if (end == std::string::npos) return false;
    const std::size_t start = statement.sql.find_last_of('"', end - 1) + 1;
    const std::string column = statement.sql.substr(start, end - start);
    return column_type(plain_table(statement.table), column) == "uuid";
  };
  if (stands_before("\" > $"))
    return CrateFailure{
        .sqlstate = "0A000",
        .message = "Invalid arguments in: (x > $1) with (uuid, undefined). Valid types: ..."};
  if (stands_before("\"::text"))
    return CrateFailure{.sqlstate = "XX000",
                        .message = "Cannot cast expressions from type `uuid` to type `text`"};
  return std::nullopt;
}

CrateOutcome CrateStore::define(const Statement& statement) {
  const Definition definition =
      parse_definition(replace_all(statement.sql, " CLUSTERED INTO 1 SHARDS", ""));
  types_.clear();
  keys_.clear();
  const std::string& sql = definition.sql;
  const bool is_table = sql.starts_with("CREATE TABLE");
  const std::string table = plain_table(statement.table);
  world_.own_counts.with([&](auto& counts) { counts.erase(table); });
  if (sql.find(" ADD COLUMN ") != std::string::npos) return add_columns(statement, definition);
  if (is_table) {
    static_cast<void>(
        pass("CREATE SCHEMA IF NOT EXISTS " + quote(table.substr(0, table.find('.'))), {}));
    // Nobody sees a table without its hidden columns.
    static_cast<void>(pass("BEGIN", {}));
  }
  CrateOutcome made = pass(sql, {});
  if (made.failure) {
    if (is_table) static_cast<void>(pass("ROLLBACK", {}));
    return made;
  }
  made.tag = sql.substr(0, sql.find(' ')) + (sql.starts_with("ALTER") ? " -2" : " 1");
  if (sql.starts_with("DROP TABLE")) {
    static_cast<void>(
        pass("DELETE FROM crate_double.sub_column WHERE table_name = $1", {{.bytes = table}}));
    world_.objects.with([&](auto& known) {
      std::erase_if(known, [&](const auto& entry) { return entry.first.first == table; });
    });
  }
  if (!is_table) return made;
  const CrateOutcome hidden =
      pass("ALTER TABLE " + statement.table +
               " ADD COLUMN IF NOT EXISTS _seq_no bigint DEFAULT nextval('crate_double.sequence'),"
               " ADD COLUMN IF NOT EXISTS _primary_term bigint DEFAULT 1,"
               " ADD COLUMN IF NOT EXISTS _fresh boolean DEFAULT true",
           {});
  static_cast<void>(pass(hidden.failure ? "ROLLBACK" : "COMMIT", {}));
  if (hidden.failure) return hidden;
  note_columns(table, definition);
  return made;
}

// All or none, as on PostgreSQL.
CrateOutcome CrateStore::add_columns(const Statement& statement, const Definition& definition) {
  const std::string table = plain_table(statement.table);
  const std::string& sql = definition.sql;
  constexpr std::string_view kAdd = " ADD COLUMN ";
  if (sql.find(" ADD COLUMN IF NOT EXISTS ") != std::string::npos)
    return fail("42601", "mismatched input 'NOT'");
  std::size_t count = own_column_count(table);
  for (std::size_t at = sql.find(kAdd); at != std::string::npos; at = sql.find(kAdd, at + 1))
    ++count;
  for (const auto& [name, columns] : world_.objects.copy())
    count += name.first == table ? columns.size() : 0;
  if (count > kCrateColumnsMax)
    return fail("XX000", "Limit of total columns [1000] in table [" + table + "] exceeded");
  CrateOutcome added = pass(sql, {});
  if (added.failure && added.failure->sqlstate == "42701") {
    const std::string& text = added.failure->message;
    const std::size_t start = std::min(text.find('"') + 1, text.size());
    return fail("XX000",
                "The table " + table + " already has a column named " +
                    text.substr(start, text.find("\" of relation", start) - start));
  }
  if (added.failure) return added;
  world_.own_counts.with([&](auto& counts) { counts.erase(table); });
  note_columns(table, definition);
  added.tag = "ALTER -2";
  const bool dies = world_.traps.with(
      [](CrateTraps& traps) { return std::exchange(traps.dies_after_alter, false); });
  if (dies) die_();
  return added;
}

std::size_t CrateStore::own_column_count(const std::string& table) {
  const auto known = world_.own_counts.with([&](const auto& counts) {
    const auto found = counts.find(table);
    return found == counts.end() ? std::optional<std::size_t>() : found->second;
  });
  if (known) return *known;
  const CrateOutcome found = pass(
      "SELECT count(*) FROM crate_double.columns WHERE table_schema = $1 AND table_name = $2 "
      "AND ordinal_position < 100000",
      {{.bytes = table.substr(0, table.find('.'))}, {.bytes = table.substr(table.find('.') + 1)}});
  const std::size_t count =
      found.failure ? 0 : static_cast<std::size_t>(std::atoll(PQgetvalue(found.rows.get(), 0, 0)));
  world_.own_counts.with([&](auto& counts) { counts[table] = count; });
  return count;
}

void CrateStore::note_columns(const std::string& table, const Definition& definition) {
  for (const std::string& column : definition.objects) {
    static_cast<void>(pass(
        "INSERT INTO crate_double.sub_column VALUES ($1, $2, '', 'object') ON CONFLICT DO NOTHING",
        {{.bytes = table}, {.bytes = column}}));
    world_.objects.with([&](auto& known) { known.try_emplace({table, column}); });
  }
  for (const std::string& column : definition.long_texts) {
    static_cast<void>(pass(
        "INSERT INTO crate_double.sub_column VALUES ($1, $2, '', 'long') ON CONFLICT DO NOTHING",
        {{.bytes = table}, {.bytes = column}}));
    world_.long_texts.with([&](auto& known) { known.insert({table, column}); });
  }
}

std::vector<std::string> CrateStore::key_columns(const std::string& table) {
  std::vector<std::string>& keys = keys_[table];
  if (!keys.empty()) return keys;
  const CrateOutcome found = pass(
      "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = "
      "ANY(indkey) WHERE indisprimary AND indrelid = to_regclass($1)",
      {{.bytes = table}});
  if (found.failure) return {};
  for (int row = 0; row < PQntuples(found.rows.get()); ++row)
    keys.emplace_back(PQgetvalue(found.rows.get(), row, 0));
  return keys;
}

bool CrateStore::is_by_key(const Statement& statement) {
  std::vector<std::string> terms = statement.where;
  std::erase(terms, "_seq_no");
  std::erase(terms, "_primary_term");
  std::vector<std::string> keys = key_columns(statement.table);
  std::ranges::sort(terms);
  std::ranges::sort(keys);
  return !keys.empty() && terms == keys;
}

std::string CrateStore::column_type(const std::string& table, const std::string& column) {
  std::string& type = types_[table + "." + column];
  if (!type.empty()) return type;
  const CrateOutcome found = pass(
      "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass($1) "
      "AND attname = $2",
      {{.bytes = table}, {.bytes = column}});
  if (!found.failure && PQntuples(found.rows.get()) > 0) type = PQgetvalue(found.rows.get(), 0, 0);
  return type;
}

}  // namespace relay
