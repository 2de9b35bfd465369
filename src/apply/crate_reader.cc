#include "apply/crate_reader.h"

#include <algorithm>
#include <string_view>

#include "apply/crate_added_columns.h"
#include "apply/crate_exchange.h"
#include "core/check.h"
#include "plan/crate_text.h"
#include "sql/crate.h"

namespace relay {
namespace {

// Runs `use` with the connection, which is made when there is none.
template <class Use>
auto with_connection(std::unique_ptr<PgConnection>& connection,
                     const PgConnection::Options& options,
                     Use&& use) -> decltype(use(*connection)) {
  if (connection == nullptr) {
    Result<std::unique_ptr<PgConnection>> opened = reopen_crate(options);
    if (!opened.ok()) return opened.error();
    connection = std::move(opened.value());
  }
  auto result = use(*connection);
  if (!result.ok()) connection.reset();
  return result;
}

}  // namespace

Result<std::vector<CrateColumn>> read_crate_columns(PgConnection& connection,
                                                    const TableMapping& table) {
  const Result<PgAnswer> found = ask_crate(connection,
                                           sql::crate::read_columns,
                                           PgParams().bytes(table.to.schema).bytes(table.to.table),
                                           "read the columns of table " + format_table(table.to));
  if (!found.ok()) return found.error();
  std::vector<CrateColumn> columns;
  for (int row = 0; row < found.value().row_count(); ++row) {
    const PgAnswer& answer = found.value();
    columns.push_back({.name = std::string(answer.cell(row, 0).value_or("")),
                       .type = std::string(answer.cell(row, 1).value_or("")),
                       .is_nullable = answer.cell(row, 2) != "NO",
                       .has_default = answer.cell(row, 3).has_value(),
                       .is_generated = answer.cell(row, 4) == "ALWAYS",
                       .has_length = answer.cell(row, 5).has_value()});
  }
  return columns;
}

// name := column ("['" part "']")+, no part has a quote (the relay sends no such names), and no
// column of a table a bracket.
std::vector<SubColumn> to_sub_columns(const std::vector<CrateColumn>& columns) {
  constexpr std::string_view kFirst = "['";
  constexpr std::string_view kBetween = "']['";
  std::vector<SubColumn> found;
  for (const CrateColumn& column : columns) {
    std::string_view rest = column.name;
    const std::size_t start = rest.find(kFirst);
    if (start == std::string_view::npos || !rest.ends_with("']")) continue;
    SubColumn sub{.column = std::string(rest.substr(0, start)), .path = {}, .type = column.type};
    rest.remove_prefix(start + kFirst.size());
    rest.remove_suffix(2);
    for (std::size_t at = rest.find(kBetween); at != std::string_view::npos;
         at = rest.find(kBetween)) {
      sub.path.emplace_back(rest.substr(0, at));
      rest.remove_prefix(at + kBetween.size());
    }
    sub.path.emplace_back(rest);
    found.push_back(std::move(sub));
  }
  // Whatever the order of the catalogue.
  std::ranges::stable_sort(found, {}, [](const SubColumn& sub) { return sub.path.size(); });
  return found;
}

Result<std::vector<SubColumn>> CrateReader::read_sub_columns(const TableMapping& table) {
  return connection_.with([&](Connection& held) {
    return with_connection(
        held, options_, [&](PgConnection& connection) -> Result<std::vector<SubColumn>> {
          const Result<std::vector<CrateColumn>> columns = read_crate_columns(connection, table);
          if (!columns.ok()) return columns.error();
          return to_sub_columns(columns.value());
        });
  });
}

Result<LiveColumns> CrateReader::read_live_columns(const TableMapping& table) {
  return connection_.with([&](Connection& held) {
    return with_connection(held, options_, [&](PgConnection& connection) -> Result<LiveColumns> {
      const Result<std::vector<AddedColumn>> added = read_added_columns(connection, table);
      if (!added.ok()) return added.error();
      const Result<std::vector<CrateColumn>> columns = read_crate_columns(connection, table);
      if (!columns.ok()) return columns.error();
      return to_live_columns(table, columns.value(), added.value());
    });
  });
}

Result<KeyPage> CrateReader::read_keys(const TableMapping& table,
                                       const std::optional<std::string>& after,
                                       std::size_t count) {
  return connection_.with([&](Connection& held) {
    return with_connection(held, options_, [&](PgConnection& connection) {
      return read_page(connection, table, after, count);
    });
  });
}

Result<KeyPage> CrateReader::read_page(PgConnection& connection,
                                       const TableMapping& table,
                                       const std::optional<std::string>& after,
                                       std::size_t count) const {
  CHECK(count > 0, "a page holds a key");
  const Result<CrateStatements> sql = make_crate_statements(table);
  if (!sql.ok()) return sql.error();
  const std::string doing = "read the keys of table " + format_table(table.to);
  const Result<PgAnswer> refreshed = ask_crate(connection, sql.value().refresh, {}, doing);
  if (!refreshed.ok()) return refreshed.error();
  PgParams params;
  if (after) params.text(*after);
  params.number(static_cast<std::int64_t>(count));
  const Result<PgAnswer> found =
      ask_crate(connection, after ? sql.value().next_keys : sql.value().first_keys, params, doing);
  if (!found.ok()) return found.error();
  const PgAnswer& answer = found.value();
  KeyPage page;
  page.keys.reserve(static_cast<std::size_t>(answer.row_count()));
  for (int row = 0; row < answer.row_count(); ++row)
    page.keys.emplace_back(answer.cell(row, 0).value_or(""));
  page.is_last = page.keys.size() < count;
  return page;
}

}  // namespace relay
