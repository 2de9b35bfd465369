// SQL as the double understands it: the statements that relay and its tests send, by their shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

struct Statement {
  enum class Kind : std::uint8_t {
    unnest,  // INSERT INTO t (...) ... UNNEST(...) ...
    insert,  // INSERT INTO t (...) VALUES (...) ...
    update,
    remove,
    select,
    refresh,
    show,         // SHOW CREATE TABLE.
    definition,   // CREATE, ALTER, DROP.
    session,      // BEGIN, COMMIT, SET: accepted, without effect.
    user,         // CREATE USER, DROP USER, GRANT: CrateStore::change_user().
    unsupported,  // Not in CrateDB's grammar.
  };
  Kind kind = Kind::unsupported;
  std::string sql;
  std::string table;                 // As written: "s"."t". Empty: none, or one of the catalogue.
  std::vector<std::string> columns;  // Of an INSERT, unquoted.
  std::string on_conflict;           // Of an INSERT, from ON CONFLICT on; with RETURNING.
  std::vector<std::string> where;    // Terms between AND; "?" for what is no `column = $n`.

  [[nodiscard]] bool is_write() const {
    return kind == Kind::unnest || kind == Kind::insert || kind == Kind::update ||
           kind == Kind::remove;
  }
};

Statement parse_statement(std::string_view sql);

// CREATE TABLE or ALTER TABLE ... ADD COLUMN for PostgreSQL.
struct Definition {
  std::string sql;
  std::vector<std::string> objects;     // Columns OBJECT(DYNAMIC), and lists of such.
  std::vector<std::string> long_texts;  // Columns with neither index nor column store.
};
Definition parse_definition(std::string sql);

// Positions of every `from` in `text` become `to`.
std::string replace_all(std::string text, std::string_view from, std::string_view to);

}  // namespace relay
