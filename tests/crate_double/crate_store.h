// CrateStore: runs one statement the way CrateDB does, on a PostgreSQL that keeps the rows. One
// session's, one thread.
//
// Hidden columns of every table: _seq_no and _primary_term as CrateDB has them, and _fresh for rows
// that were written since the last REFRESH TABLE.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "crate_double/crate_world.h"
#include "crate_double/statement.h"

namespace relay {

struct CrateParameter {
  bool is_null = false;
  bool is_binary = false;
  std::string bytes{};
};
using CrateParameters = std::vector<CrateParameter>;

struct CrateFailure {
  std::string sqlstate = "XX000";
  std::string message{};
};

struct CrateOutcome {
  std::optional<CrateFailure> failure{};
  long long count = 0;               // Rows written.
  std::string tag{};                 // Whole; empty: made of the count.
  std::shared_ptr<PGresult> rows{};  // Null: the statement returns none.
};

class CrateStore {
 public:
  // `world` outlives the store. `die`: ends the server, called in the middle of a statement.
  CrateStore(const std::string& backend_uri, CrateWorld& world, std::function<void()> die);

  // Whose session it is; until then of one who may do everything.
  void set_user(const std::string& user) { user_ = user; }

  // Makes what the double itself needs, once for each PostgreSQL.
  void set_up();

  // What is found before anything runs: in a bulk it fails every statement of the group.
  static std::optional<CrateFailure> analyse(const Statement& statement,
                                             const CrateParameters& parameters);
  // `form`: of the rows of a SELECT, as the protocol has it: 0 text, 1 binary.
  CrateOutcome run(const Statement& statement, const CrateParameters& parameters, int form = 0);

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  std::optional<CrateFailure> find_unknown(const Statement& statement);
  std::optional<CrateFailure> find_misused_uuid(const Statement& statement);
  CrateOutcome change_user(const Statement& statement);
  [[nodiscard]] bool may(const std::string& right, const std::string& schema);
  std::optional<CrateFailure> find_forbidden(const Statement& statement);
  std::string answer_rights(std::string sql, const CrateParameters& parameters);
  CrateOutcome unnest(const Statement& statement, const CrateParameters& parameters);
  CrateOutcome insert(const Statement& statement, CrateParameters parameters);
  CrateOutcome define(const Statement& statement);
  CrateOutcome pass(const std::string& sql, const CrateParameters& parameters, int form = 0);
  struct Rows {
    std::vector<std::uint32_t> oids;  // Of the columns.
    std::vector<std::vector<std::optional<std::string>>> cells;
  };
  static Rows read_rows(const CrateParameters& parameters);
  CrateOutcome write_rows(const Statement& statement, const Rows& rows);
  [[nodiscard]] bool is_by_key(const Statement& statement);
  std::vector<std::string> key_columns(const std::string& table);
  std::string column_type(const std::string& table, const std::string& column);
  void put_old_objects(const Statement& statement,
                       std::uint32_t key_oid,
                       std::vector<std::optional<std::string>>& row);
  CrateOutcome add_columns(const Statement& statement, const Definition& definition);
  std::size_t own_column_count(const std::string& table);
  void note_columns(const std::string& table, const Definition& definition);
  // Makes of a parameter what the column stores, for PostgreSQL to read; the value of the answer is
  // of no use. `oid`: of its binary form, 0 when it is printed.
  StoredObject store_cell(const std::string& table,
                          const std::string& column,
                          std::uint32_t& oid,
                          std::string& bytes);
  StoredObject store_document(const std::string& table,
                              const std::string& column,
                              std::string& text);
  StoredObject store_array(const std::string& table,
                           const std::string& column,
                           const std::string& type,
                           std::string& bytes);
  void keep_all_columns(const std::string& table,
                        const std::map<CrateWorld::ColumnName, SubColumns>& before);
  void keep_columns(const std::string& table,
                    const std::string& column,
                    const SubColumns& before,
                    const SubColumns& after);

  CrateWorld& world_;
  std::string user_;
  std::function<void()> die_;
  std::unique_ptr<PGconn, Close> connection_;
  std::map<std::string, std::vector<std::string>> keys_;
  std::map<std::string, std::string> types_;  // "schema.table.column".
};

// "schema.table" of a quoted name.
std::string plain_table(const std::string& table);

}  // namespace relay
