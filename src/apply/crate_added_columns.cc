#include "apply/crate_added_columns.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "apply/crate_exchange.h"
#include "apply/crate_tables.h"
#include "core/check.h"
#include "mapping/table_shape.h"
#include "plan/crate_text.h"
#include "plan/crate_types.h"
#include "sql/crate.h"

namespace relay {
namespace {

// Once more for a column that somebody else adds in between.
constexpr int kLooks = 3;

constexpr std::string_view kThereAlready = "already has a column named";

bool is_there(const std::vector<CrateColumn>& columns, const std::string& name) {
  return std::ranges::find(columns, name, &CrateColumn::name) != columns.end();
}

// Adds what is missing; false: somebody was quicker with a part of it, and nothing was added.
Result<bool> try_add(PgConnection& connection,
                     const TableMapping& mapping,
                     const std::vector<ShapeColumn>& missing) {
  const Result<std::string> sql = crate_add_columns(mapping, missing);
  if (!sql.ok()) return sql.error();
  const PgOutcome outcome = run_statement(connection, sql.value());
  if (!outcome.failure) return true;
  if (outcome.failure->message.find(kThereAlready) != std::string::npos) return false;
  return make_definition_error(*outcome.failure,
                               "add columns to table " + format_table(mapping.to));
}

Status note_columns(PgConnection& connection, const TableAction& action, double now) {
  const std::string table = format_table(action.table->to);
  for (const ColumnMapping& column :
       std::span(action.table->columns).subspan(action.before->columns.size())) {
    const std::string type = crate_catalogue_type(column.type);
    PgParams params;
    params.bytes(table).bytes(column.name).bytes(column.path.front()).bytes(type);
    params.number(to_crate_time(now));
    const Result<PgAnswer> noted = ask_crate(
        connection, sql::crate::note_added_column, params, "note an added column table=" + table);
    if (!noted.ok()) return noted.error();
    if (noted.value().affected() != 1) {
      return Error{ErrorKind::sink_unknown,
                   "note an added column table=" + table + ": the target did not take it",
                   "look into CrateDB's log"};
    }
  }
  return ok_status();
}

}  // namespace

Result<std::vector<AddedColumn>> read_added_columns(PgConnection& connection,
                                                    const TableMapping& mapping) {
  const std::string table = format_table(mapping.to);
  const std::string doing = "read the added columns of table " + table;
  const Result<PgAnswer> refreshed =
      ask_crate(connection, "REFRESH TABLE relay.added_column", {}, doing);
  if (!refreshed.ok()) return refreshed.error();
  const Result<PgAnswer> found =
      ask_crate(connection, sql::crate::read_added_columns, PgParams().bytes(table), doing);
  if (!found.ok()) return found.error();
  std::vector<AddedColumn> added;
  for (int row = 0; row < found.value().row_count(); ++row) {
    const auto text = [&](int column) {
      return std::string(found.value().cell(row, column).value_or(""));
    };
    added.push_back({.column = text(0), .field = text(1), .type = text(2)});
  }
  return added;
}

LiveColumns to_live_columns(const TableMapping& mapping,
                            const std::vector<CrateColumn>& columns,
                            const std::vector<AddedColumn>& added) {
  const std::vector<ShapeColumn> named = shape_on(TargetKind::cratedb, mapping);
  LiveColumns live;
  for (const CrateColumn& column : columns) {
    // Of what is inside of others the encoder knows.
    const bool is_inside = column.name.find('[') != std::string::npos;
    if (is_inside || std::ranges::find(named, column.name, &ShapeColumn::name) != named.end())
      continue;
    std::optional<ColumnType> type = parse_catalogue_type(column.type);
    if (!column.is_nullable || column.is_generated || column.has_length) type.reset();
    const auto ours = std::ranges::find(added, column.name, &AddedColumn::column);
    const bool is_ours = ours != added.end() && ours->type == column.type && type;
    if (is_ours) {
      live.added.push_back({.name = column.name, .path = {ours->field}, .type = *type});
    } else {
      live.spare.push_back({.name = column.name, .type = type});
    }
  }
  return live;
}

Status forget_lost_columns(PgConnection& connection,
                           const TableMapping& mapping,
                           const std::vector<CrateColumn>& columns,
                           const std::vector<AddedColumn>& added) {
  const std::string table = format_table(mapping.to);
  for (const AddedColumn& column : added) {
    const auto live = std::ranges::find(columns, column.column, &CrateColumn::name);
    if (live != columns.end() && live->type == column.type) continue;
    const Result<PgAnswer> forgotten = ask_crate(connection,
                                                 sql::crate::forget_added_column,
                                                 PgParams().bytes(table).bytes(column.column),
                                                 "forget an added column table=" + table);
    if (!forgotten.ok()) return forgotten.error();
  }
  return ok_status();
}

Status add_crate_columns(PgConnection& connection, const TableAction& action, double now) {
  CHECK(action.before != nullptr, "columns are added to a mapping");
  const TableMapping& mapping = *action.table;
  const std::vector<ShapeColumn> shape = shape_on(TargetKind::cratedb, mapping);
  const auto first = static_cast<int>(action.before->columns.size());
  for (int look = 0; look < kLooks; ++look) {
    const Result<std::vector<CrateColumn>> live = read_crate_columns(connection, mapping);
    if (!live.ok()) return live.error();
    std::vector<ShapeColumn> missing;
    std::ranges::copy_if(shape, std::back_inserter(missing), [&](const ShapeColumn& column) {
      return column.mapped >= first && !is_there(live.value(), column.name);
    });
    if (missing.empty()) {
      if (Status fits = check_crate_table(connection, mapping, live.value()); !fits.ok())
        return fits;
      return note_columns(connection, action, now);
    }
    if (const Result<bool> done = try_add(connection, mapping, missing); !done.ok())
      return done.error();
  }
  return Error{ErrorKind::sink_unavailable,
               "add columns to table " + format_table(mapping.to) + ": they are not there yet",
               ""};
}

}  // namespace relay
