#include "pipeline/snapshot_board.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace relay {
namespace {

// A range whose chunks met existing keys this often holds rows that the stream writes too: copying
// it costs each chunk a failed attempt.
constexpr int kCopiesRefusedMax = 2;

bool is_final(SnapshotState state) {
  return state == SnapshotState::done || state == SnapshotState::dropped;
}

}  // namespace

SnapshotBoard::Part* SnapshotBoard::find_part(Table& table, int number) {
  const auto found = std::ranges::find_if(
      table.parts, [number](const Part& part) { return part.emitted.part == number; });
  return found == table.parts.end() ? nullptr : &*found;
}

void SnapshotBoard::set_parts(Table& table, std::span<const SnapshotPart> parts) {
  table.parts.clear();
  for (const SnapshotPart& part : parts)
    table.parts.push_back({.emitted = part, .read = part});
}

void SnapshotBoard::void_claims(Table& table) {
  ++table.epoch;
  for (Part& part : table.parts) {
    part.read = part.emitted;
    part.is_read = false;
    part.is_claimed = false;
  }
}

void SnapshotBoard::add_table(const TableMapping* table) {
  state_.with([&](State& state) { state.tables[format_table(table->to)].mapping = table; });
}

bool SnapshotBoard::has_parts(const TableMapping& table) {
  return state_of(table).has_value();
}

std::optional<SnapshotState> SnapshotBoard::state_of(const TableMapping& table) {
  return state_.with([&](State& state) -> std::optional<SnapshotState> {
    const Table& known = state.tables[format_table(table.to)];
    if (known.parts.empty()) return std::nullopt;
    SnapshotState least = known.parts.front().emitted.state;
    for (const Part& part : known.parts)
      least = std::min(least, part.emitted.state);
    return least;
  });
}

void SnapshotBoard::load(std::span<const SnapshotPart> parts) {
  state_.with([&](State& state) {
    for (const SnapshotPart& part : parts) {
      Table& table = state.tables[part.table];
      table.parts.push_back({.emitted = part, .read = part});
      table.applied.push_back(part);
    }
  });
}

void SnapshotBoard::on_applied(std::span<const SnapshotUpdate> updates) {
  state_.with([&](State& state) {
    for (const SnapshotUpdate& update : updates) {
      Table& table = state.tables[update.table];
      if (update.replaces_all) {
        table.applied = update.parts;
        CHECK(table.unapplied > 0, "an update of all parts is announced before it is applied");
        --table.unapplied;
        continue;
      }
      for (const SnapshotPart& part : update.parts) {
        const auto stored = std::ranges::find(table.applied, part.part, &SnapshotPart::part);
        CHECK(stored != table.applied.end(), "a chunk belongs to a part that is stored");
        *stored = part;
      }
    }
  });
}

void SnapshotBoard::note_copy_refused(const SnapshotUpdate& update) {
  state_.with([&](State& state) {
    Table& table = state.tables[update.table];
    for (const SnapshotPart& part : update.parts) {
      if (Part* known = find_part(table, part.part)) ++known->copies_refused;
    }
  });
}

void SnapshotBoard::replace(const TableMapping& table, const SnapshotUpdate& update) {
  CHECK(update.replaces_all, "a table's parts are replaced as a whole");
  state_.with([&](State& state) {
    Table& known = state.tables[update.table];
    known.mapping = &table;
    ++known.epoch;
    ++known.unapplied;
    set_parts(known, update.parts);
  });
}

std::vector<SnapshotUpdate> SnapshotBoard::leave_unfed() {
  return state_.with([](State& state) {
    std::vector<SnapshotUpdate> left;
    for (auto& [name, table] : state.tables) {
      const bool is_left = std::ranges::all_of(table.parts, [](const Part& part) {
        return part.emitted.state == SnapshotState::dropped;
      });
      if (table.mapping != nullptr || is_left) continue;
      left.push_back({.table = name,
                      .replaces_all = true,
                      .parts = {{.table = name, .state = SnapshotState::dropped}}});
      ++table.epoch;
      ++table.unapplied;
      set_parts(table, left.back().parts);
    }
    return left;
  });
}

SnapshotUpdate SnapshotBoard::emit(const SnapshotClaim& claim,
                                   std::uint64_t rows,
                                   const std::optional<SnapshotPart>& next,
                                   const std::vector<SnapshotPart>& planned) {
  return state_.with([&](State& state) {
    const std::string name = format_table(claim.table->to);
    Table& table = state.tables[name];
    CHECK(table.epoch == claim.epoch, "only a current claim's chunk is emitted");
    SnapshotUpdate update{.table = name};
    if (claim.job == SnapshotClaim::Job::plan) {
      update = {.table = name, .replaces_all = true, .parts = planned};
    } else {
      Part* part = find_part(table, claim.part.part);
      CHECK(part != nullptr, "a claim is of a known part");
      SnapshotPart stored = next ? *next : part->emitted;
      stored.rows_done = part->emitted.rows_done;
      if (claim.job == SnapshotClaim::Job::copy) stored.rows_done += rows;
      if (!next) {
        stored.state =
            stored.state == SnapshotState::merging ? SnapshotState::sweeping : SnapshotState::done;
      }
      part->emitted = stored;
      if (claim.job == SnapshotClaim::Job::copy && !next) {
        part->read = stored;
        part->is_read = false;
      }
      update.parts.push_back(stored);
    }
    const bool is_done = std::ranges::all_of(
        table.parts, [&](const Part& part) { return part.emitted.state == SnapshotState::done; });
    const bool is_swept = claim.job == SnapshotClaim::Job::sweep && !next;
    if (claim.job != SnapshotClaim::Job::plan && (is_done || is_swept)) {
      SnapshotPart all{.table = name, .state = SnapshotState::done};
      for (const Part& part : table.parts)
        all.rows_done += part.emitted.rows_done;
      all.rows_estimated = all.rows_done;
      update = {.table = name, .replaces_all = true, .parts = {all}};
    }
    if (update.replaces_all) {
      ++table.epoch;
      ++table.unapplied;
      set_parts(table, update.parts);
    }
    return update;
  });
}

void SnapshotBoard::rewind(const TableName& table) {
  state_.with([&](State& state) { void_claims(state.tables[format_table(table)]); });
}

bool SnapshotBoard::is_current(const SnapshotClaim& claim) {
  return state_.with([&](State& state) {
    return state.tables[format_table(claim.table->to)].epoch == claim.epoch;
  });
}

bool SnapshotBoard::prefers_copy(const SnapshotClaim& claim) {
  if (claim.part.state != SnapshotState::copying || claim.table->mode != MappingMode::mirror)
    return false;
  return state_.with([&](State& state) {
    const Part* part = find_part(state.tables[format_table(claim.table->to)], claim.part.part);
    return part != nullptr && part->copies_refused < kCopiesRefusedMax;
  });
}

std::map<TableName, std::uint64_t> SnapshotBoard::open_claims(std::uint64_t ordinal) {
  return state_.with([&](State& state) {
    state.ordinal = ordinal;
    std::map<TableName, std::uint64_t> oldest;
    for (const auto& [name, table] : state.tables) {
      if (!table.open.empty()) oldest[table.mapping->to] = *table.open.begin();
    }
    return oldest;
  });
}

std::optional<SnapshotClaim> SnapshotBoard::claim_of(Table& table, std::uint64_t ordinal) {
  if (table.mapping == nullptr || table.is_frozen() || table.parts.empty()) return std::nullopt;
  const auto make = [&](Part& part, SnapshotClaim::Job job) {
    part.is_claimed = true;
    table.open.insert(ordinal);
    return SnapshotClaim{.job = job,
                         .table = table.mapping,
                         .part = part.read,
                         .epoch = table.epoch,
                         .ordinal = ordinal};
  };
  for (Part& part : table.parts) {
    if (part.is_claimed || part.is_read || is_final(part.read.state)) continue;
    if (part.read.state == SnapshotState::waiting) return make(part, SnapshotClaim::Job::plan);
    if (part.read.state != SnapshotState::sweeping) return make(part, SnapshotClaim::Job::copy);
  }
  // Rows are compared once all documents are in, by one lane, on behalf of the first part.
  Part& first = table.parts.front();
  const bool is_sweep = std::ranges::all_of(
      table.parts, [](const Part& part) { return part.emitted.state == SnapshotState::sweeping; });
  if (!is_sweep || first.is_claimed || first.is_read) return std::nullopt;
  return make(first, SnapshotClaim::Job::sweep);
}

std::optional<SnapshotClaim> SnapshotBoard::claim() {
  return state_.with([](State& state) -> std::optional<SnapshotClaim> {
    for (auto& [name, table] : state.tables) {
      if (std::optional<SnapshotClaim> claim = claim_of(table, state.ordinal)) return claim;
    }
    return std::nullopt;
  });
}

void SnapshotBoard::advance(const SnapshotClaim& claim, const std::optional<SnapshotPart>& next) {
  state_.with([&](State& state) {
    Table& table = state.tables[format_table(claim.table->to)];
    Part* part = find_part(table, claim.part.part);
    if (table.epoch != claim.epoch || part == nullptr) return;
    part->is_claimed = false;
    // The chunk was handed on before this call: when it was the part's last and is in a batch
    // already, the part has gone on to its next state.
    if (part->emitted.state != claim.part.state) return;
    part->is_read = !next.has_value();
    if (next) part->read = *next;
  });
}

void SnapshotBoard::close(const SnapshotClaim& claim) {
  state_.with([&](State& state) {
    std::multiset<std::uint64_t>& open = state.tables[format_table(claim.table->to)].open;
    const auto found = open.find(claim.ordinal);
    CHECK(found != open.end(), "a claim is closed once");
    open.erase(found);
  });
}

bool SnapshotBoard::request(const std::string& table) {
  return state_.with([&](State& state) {
    const auto found = state.tables.find(table);
    if (found == state.tables.end() || found->second.mapping == nullptr) return false;
    found->second.is_requested = true;
    return true;
  });
}

std::vector<const TableMapping*> SnapshotBoard::take_requests() {
  return state_.with([](State& state) {
    std::vector<const TableMapping*> requested;
    for (auto& [name, table] : state.tables) {
      // A request that comes while the parts are being replaced waits for that.
      if (table.is_requested && !table.is_frozen()) {
        requested.push_back(table.mapping);
        table.is_requested = false;
      }
    }
    return requested;
  });
}

void SnapshotBoard::set_opened() {
  state_.with([](State& state) { state.is_opened = true; });
}

bool SnapshotBoard::is_idle() {
  return state_.with([](State& state) {
    return state.is_opened && std::ranges::all_of(state.tables, [](const auto& entry) {
             const Table& table = entry.second;
             if (table.mapping == nullptr) return true;
             const bool is_done = std::ranges::all_of(
                 table.applied, [](const SnapshotPart& part) { return is_final(part.state); });
             return is_done && !table.is_frozen() && !table.is_requested;
           });
  });
}

std::vector<SnapshotReport> SnapshotBoard::report() {
  return state_.with([](State& state) {
    std::vector<SnapshotReport> reports;
    for (const auto& [name, table] : state.tables) {
      if (table.mapping == nullptr) continue;
      SnapshotReport report{.table = name, .from = format_namespace(view_of(table.mapping->from))};
      if (!table.applied.empty()) report.state = table.applied.front().state;
      for (const SnapshotPart& part : table.applied) {
        report.state = std::min(report.state, part.state);
        report.rows_done += part.rows_done;
        report.rows_estimated += part.rows_estimated;
      }
      reports.push_back(std::move(report));
    }
    return reports;
  });
}

}  // namespace relay
