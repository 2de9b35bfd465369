#include "crate_double/statement.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace relay {
namespace {

using Kind = Statement::Kind;

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(
      result, result.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.front())) != 0))
    text.remove_prefix(1);
  while (!text.empty() &&
         (std::isspace(static_cast<unsigned char>(text.back())) != 0 || text.back() == ';'))
    text.remove_suffix(1);
  return text;
}

// A name with its schema, as written.
std::string table_at(std::string_view text) {
  text = trim(text);
  bool is_quoted = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '"') is_quoted = !is_quoted;
    if (!is_quoted && (std::isspace(static_cast<unsigned char>(text[end])) != 0 ||
                       text[end] == '(' || text[end] == ','))
      break;
  }
  return std::string(text.substr(0, end));
}

std::string unquote(std::string_view name) {
  name = trim(name);
  if (name.size() < 2 || name.front() != '"') return std::string(name);
  return replace_all(std::string(name.substr(1, name.size() - 2)), "\"\"", "\"");
}

std::vector<std::string> split_columns(std::string_view list) {
  std::vector<std::string> columns;
  std::string name;
  bool is_quoted = false;
  for (const char c : list) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == ',' && !is_quoted) {
      columns.push_back(unquote(name));
      name.clear();
    } else {
      name.push_back(c);
    }
  }
  columns.push_back(unquote(name));
  return columns;
}

// "column" of `column = $1`, also with a cast; else "?".
std::string term_column(std::string_view term) {
  term = trim(term);
  const std::size_t equals = term.find('=');
  if (equals == std::string_view::npos) return "?";
  std::string_view value = trim(term.substr(equals + 1));
  if (!value.starts_with('$')) return "?";
  value.remove_prefix(1);
  const bool is_parameter = std::ranges::all_of(value.substr(0, value.find("::")), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  const std::string_view name = trim(term.substr(0, equals));
  const bool is_name = name.find_first_of("<>!( ") == std::string_view::npos;
  return is_parameter && is_name ? unquote(name) : "?";
}

std::vector<std::string> where_terms(std::string_view sql, const std::string& shouted) {
  const std::size_t where = shouted.find(" WHERE ");
  if (where == std::string::npos) return {};
  std::size_t end = shouted.size();
  for (const std::string_view tail : {" RETURNING ", " ORDER BY ", " LIMIT ", " GROUP BY "})
    end = std::min(end, shouted.find(tail, where));
  std::vector<std::string> terms;
  std::size_t at = where + 7;
  while (at < end) {
    const std::size_t next = std::min(end, shouted.find(" AND ", at));
    terms.push_back(term_column(sql.substr(at, next - at)));
    at = next + 5;
  }
  return terms;
}

Kind kind_of(const std::string& shouted) {
  struct Word {
    std::string_view start;
    Kind kind;
  };
  static constexpr std::array kWords = {
      Word{"UPDATE ", Kind::update},
      Word{"DELETE ", Kind::remove},
      Word{"SELECT ", Kind::select},
      Word{"REFRESH ", Kind::refresh},
      Word{"SHOW CREATE TABLE ", Kind::show},
      Word{"CREATE USER ", Kind::user},
      Word{"DROP USER ", Kind::user},
      Word{"GRANT ", Kind::user},
      Word{"CREATE ", Kind::definition},
      Word{"ALTER ", Kind::definition},
      Word{"DROP ", Kind::definition},
      Word{"BEGIN", Kind::session},
      Word{"COMMIT", Kind::session},
      Word{"SET ", Kind::session},
      Word{"START ", Kind::session},
      Word{"END", Kind::session},
  };
  if (shouted.starts_with("INSERT "))
    return shouted.find("UNNEST") == std::string::npos ? Kind::insert : Kind::unnest;
  for (const Word& word : kWords) {
    if (shouted.starts_with(word.start)) return word.kind;
  }
  return Kind::unsupported;
}

// Not in parentheses: extract(epoch FROM column) names no table.
std::size_t find_outside(const std::string& shouted, std::string_view word) {
  std::size_t at = shouted.find(word);
  for (; at != std::string::npos; at = shouted.find(word, at + 1)) {
    const auto start = shouted.begin();
    const auto end = start + static_cast<std::ptrdiff_t>(at);
    if (std::count(start, end, '(') == std::count(start, end, ')')) break;
  }
  return at;
}

// The table behind the first of these words; of the catalogue: none.
std::string table_behind(std::string_view sql,
                         const std::string& shouted,
                         std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    const std::size_t at = find_outside(shouted, word);
    if (at == std::string::npos) continue;
    std::string table = table_at(sql.substr(at + word.size()));
    if (table.starts_with("information_schema") || table.starts_with("sys.")) return "";
    return table;
  }
  return "";
}

}  // namespace

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

Definition parse_definition(std::string sql) {
  Definition definition;
  // What stands between the column's name and its type is a blank.
  const auto take = [&sql](std::string_view type, std::string_view replacement) {
    std::vector<std::string> columns;
    for (std::size_t at = sql.find(type); at != std::string::npos; at = sql.find(type)) {
      const std::size_t end = sql.find_last_not_of(' ', at - 1);
      const bool is_quoted = sql[end] == '"';
      const std::size_t start =
          is_quoted ? sql.find_last_of('"', end - 1) : sql.find_last_of(" (,", end) + 1;
      columns.push_back(unquote(std::string_view(sql).substr(start, end + 1 - start)));
      sql.replace(at, type.size(), replacement);
    }
    return columns;
  };
  definition.objects = take(" ARRAY(OBJECT(DYNAMIC))", " jsonb[]");
  for (std::string& column : take(" OBJECT(DYNAMIC)", " jsonb"))
    definition.objects.push_back(std::move(column));
  definition.long_texts = take(" TEXT INDEX OFF STORAGE WITH (columnstore = false)", " text");
  constexpr std::string_view kArray = " ARRAY(";
  for (std::size_t at = sql.find(kArray); at != std::string::npos; at = sql.find(kArray)) {
    std::size_t end = at + kArray.size();
    for (int open = 1; open > 0; ++end)
      open += sql[end] == '(' ? 1 : sql[end] == ')' ? -1 : 0;
    const std::size_t start = at + kArray.size();
    sql.replace(at, end - at, " " + sql.substr(start, end - 1 - start) + "[]");
  }
  definition.sql = std::move(sql);
  return definition;
}

Statement parse_statement(std::string_view sql) {
  Statement statement;
  std::string plain(trim(sql));
  std::ranges::replace(plain, '\n', ' ');
  statement.sql = plain;
  const std::string shouted = upper(plain);
  statement.kind = kind_of(shouted);
  switch (statement.kind) {
    case Kind::unnest:
    case Kind::insert: {
      statement.table = table_behind(plain, shouted, {"INSERT INTO "});
      const std::size_t open = plain.find('(', plain.find(statement.table));
      statement.columns =
          split_columns(std::string_view(plain).substr(open + 1, plain.find(')', open) - open - 1));
      const std::size_t conflict = std::min(shouted.find("ON CONFLICT"), shouted.find("RETURNING"));
      if (conflict != std::string::npos) statement.on_conflict = plain.substr(conflict);
      break;
    }
    case Kind::update:
      statement.table = table_behind(plain, shouted, {"UPDATE "});
      break;
    case Kind::refresh:
      statement.table = table_behind(plain, shouted, {"REFRESH TABLE "});
      break;
    case Kind::remove:
    case Kind::select:
      statement.table = table_behind(plain, shouted, {" FROM "});
      break;
    case Kind::show:
      statement.table = table_behind(plain, shouted, {"SHOW CREATE TABLE "});
      break;
    case Kind::definition:
      statement.table =
          table_behind(plain, shouted, {"TABLE IF NOT EXISTS ", "TABLE IF EXISTS ", "TABLE "});
      break;
    case Kind::session:
    case Kind::user:
    case Kind::unsupported:
      break;
  }
  statement.where = where_terms(plain, shouted);
  return statement;
}

}  // namespace relay
