#include "pipeline/event_planner.h"

#include <optional>
#include <span>
#include <utility>

#include "decode/event_decoder.h"
#include "decode/json_writer.h"
#include "decode/key_text.h"
#include "observe/log.h"
#include "pipeline/barrier_update.h"

namespace relay {
namespace {

constexpr std::size_t kRemovalWeight = 64;

// JSON text of a document takes about a quarter more than its BSON.
std::size_t row_weight(RawDocument document) {
  return document.size() + document.size() / 4;
}

Barrier barrier_of(OnDrop policy) {
  switch (policy) {
    case OnDrop::keep:
      return Barrier::left;
    case OnDrop::truncate:
      return Barrier::emptied;
    case OnDrop::stop:
      return Barrier::refused;
  }
  return Barrier::refused;
}

}  // namespace

Status EventPlanner::plan(const ChangeEvent& event, std::uint64_t ordinal) {
  PlannedWrite write;
  write.operation = event.operation;
  write.cluster_time = event.cluster_time;
  write.wall_time_ms = event.wall_time_ms;
  write.token = event.token;
  write.event_ordinal = ordinal;
  switch (event.operation) {
    case OperationType::insert:
    case OperationType::update:
    case OperationType::replace:
    case OperationType::delete_:
      return plan_row(event, std::move(write));
    case OperationType::drop:
      return plan_dropped(event, std::move(write));
    case OperationType::rename: {
      const Status dropped = plan_dropped(event, write);
      return dropped.ok() ? plan_replaced(event, event.to, std::move(write)) : dropped;
    }
    case OperationType::create:
      return plan_created(event, std::move(write));
    // A dropped database drops each of its collections first, and a stream that was invalidated is
    // opened again by the reader: nothing is left to do here. Indexes and options are none of a
    // table's business.
    case OperationType::drop_database:
    case OperationType::invalidate:
    case OperationType::create_indexes:
    case OperationType::drop_indexes:
    case OperationType::modify:
    case OperationType::unknown:
      break;
  }
  const Result<std::span<const TableMapping* const>> routed = links_.tables.route(event.ns);
  if (!routed.ok()) return routed.error();
  add_log_rows(event, routed.value(), std::move(write));
  return ok_status();
}

Status EventPlanner::plan_row(const ChangeEvent& event, PlannedWrite write) {
  const Result<std::span<const TableMapping* const>> routed = links_.tables.route(event.ns);
  if (!routed.ok()) return routed.error();
  if (routed.value().empty()) return ok_status();
  if (!append_key_text(event.document_key, write.key)) {
    // An _id that is no proper BSON: its document is rejected further on, under a key of its own,
    // and a delete of it finds no row.
    write.key = format_dead_letter_document(event.document_key);
  }
  write.document_key = event.document_key;
  write.transaction_session = event.transaction_session;
  write.transaction_number = event.transaction_number;
  for (const TableMapping* table : routed.value()) {
    count(table, event.operation);
    if (table != last_settled_) settle(event, table, write);
    PlannedWrite next = write;
    next.table = table;
    if (table->mode == MappingMode::append) {
      make_log_row(event, next);
    } else if (event.operation == OperationType::delete_) {
      next.kind = WriteKind::removal;
      next.weight_bytes = kRemovalWeight;
    } else if (!event.full_document.empty()) {
      next.kind = WriteKind::upsert;
      next.document = event.full_document;
      next.weight_bytes = row_weight(event.full_document);
    } else {
      next.kind = WriteKind::look_up;
      next.weight_bytes = links_.maker.look_up_weight(table);
    }
    links_.builder.add(std::move(next));
  }
  return ok_status();
}

// A row for each event: its position is the key, so nothing is compacted away.
void EventPlanner::make_log_row(const ChangeEvent& event, PlannedWrite& write) const {
  const bool is_fetched =
      event.full_document.empty() &&
      (event.operation == OperationType::update || event.operation == OperationType::insert ||
       event.operation == OperationType::replace);
  write.kind = is_fetched ? WriteKind::look_up : WriteKind::upsert;
  write.key = format_token(event.token);
  write.document = event.full_document;
  write.operation_name = event.operation_name;
  write.change = event.operation == OperationType::update ? event.update_description
                                                          : event.operation_description;
  write.weight_bytes = row_weight(write.change);
  write.weight_bytes += is_fetched ? links_.maker.look_up_weight(write.table)
                                   : kRemovalWeight + row_weight(event.full_document);
}

void EventPlanner::add_log_rows(const ChangeEvent& event,
                                std::span<const TableMapping* const> tables,
                                PlannedWrite write) {
  for (const TableMapping* table : tables) {
    count(table, event.operation);
    if (table->mode != MappingMode::append) continue;
    write.table = table;
    make_log_row(event, write);
    links_.builder.add(write);
  }
}

// The table of an event is one whose collection exists. When that is news, its snapshot gets a
// state: there is nothing to copy when the collection began under the eyes of the stream; but rows
// that an earlier collection of the name has left behind must go.
void EventPlanner::settle(const ChangeEvent& event,
                          const TableMapping* table,
                          const PlannedWrite& write) {
  last_settled_ = table;
  if (!settled_.insert(table).second) return;
  links_.board.add_table(table);
  const std::optional<SnapshotState> state = links_.board.state_of(*table);
  if (!state) {
    add_barrier(event, table, Barrier::created, write);
  } else if (*state == SnapshotState::dropped) {
    add_barrier(event, table, Barrier::replaced, write);
  }
}

Status EventPlanner::plan_created(const ChangeEvent& event, PlannedWrite write) {
  // It has no events of its own, so a table of it would stay as it is for ever.
  if (!makes_collection(event)) return ok_status();
  const Result<std::span<const TableMapping* const>> routed = links_.tables.route(event.ns);
  if (!routed.ok()) return routed.error();
  for (const TableMapping* table : routed.value())
    settle(event, table, write);
  add_log_rows(event, routed.value(), std::move(write));
  return ok_status();
}

Status EventPlanner::plan_dropped(const ChangeEvent& event, PlannedWrite write) {
  const Result<std::span<const TableMapping* const>> routed = links_.tables.route(event.ns);
  if (!routed.ok()) return routed.error();
  for (const TableMapping* table : routed.value()) {
    last_settled_ = nullptr;
    // A view, say, that happens to match a pattern: there is no table.
    if (settled_.erase(table) == 0 && !links_.board.has_parts(*table)) continue;
    // The events of a log stay true whatever becomes of the collection.
    if (table->mode == MappingMode::append) continue;
    add_barrier(event, table, barrier_of(table->on_drop), write);
  }
  add_log_rows(event, routed.value(), std::move(write));
  return ok_status();
}

Status EventPlanner::plan_replaced(const ChangeEvent& event, NamespaceView ns, PlannedWrite write) {
  const Result<std::span<const TableMapping* const>> routed = links_.tables.route(ns);
  if (!routed.ok()) return routed.error();
  for (const TableMapping* table : routed.value()) {
    count(table, event.operation);
    settled_.insert(table);
    const bool is_refused = table->on_drop == OnDrop::stop && table->mode == MappingMode::mirror;
    add_barrier(event, table, is_refused ? Barrier::refused : Barrier::replaced, write);
  }
  return ok_status();
}

void EventPlanner::add_barrier(const ChangeEvent& event,
                               const TableMapping* table,
                               Barrier barrier,
                               PlannedWrite write) {
  links_.board.add_table(table);
  if (barrier != Barrier::refused)
    links_.board.replace(*table, make_update(*table, state_after(barrier)));
  if (barrier != Barrier::created) {
    log_warn(barrier == Barrier::left       ? "collection is gone, its rows stay"
             : barrier == Barrier::emptied  ? "collection is gone, its rows go"
             : barrier == Barrier::replaced ? "collection was replaced, its table is copied again"
                                            : "collection is gone or replaced, the relay stops",
             {{"table", format_table(table->to)},
              {"operation", event.operation_name},
              {"namespace", format_namespace(event.ns)},
              {"cluster_time", event.cluster_time.seconds}});
  }
  write.table = table;
  write.kind = WriteKind::barrier;
  write.barrier = barrier;
  write.key.clear();
  write.transaction_session = {};
  links_.builder.add(std::move(write));
}

void EventPlanner::count(const TableMapping* table, OperationType operation) {
  if (table != last_counted_) {
    last_counted_ = table;
    last_counts_ = &counts_[table];
  }
  ++(*last_counts_)[static_cast<std::size_t>(operation)];
}

void EventPlanner::replace_table(const TableMapping* old, const TableMapping* next) {
  if (settled_.erase(old) > 0) settled_.insert(next);
  if (auto counts = counts_.extract(old)) {
    counts.key() = next;
    counts_.insert(std::move(counts));
  }
  last_counted_ = nullptr;
  last_settled_ = nullptr;
}

TableCountMap EventPlanner::take_counts() {
  TableCountMap taken;
  for (auto& [table, counts] : counts_) {
    taken[format_table(table->to)].events = counts;
    counts = {};
  }
  return taken;
}

}  // namespace relay
