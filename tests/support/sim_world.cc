#include "support/sim_world.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

namespace relay {
namespace {

constexpr std::array kCollections = {"orders", "users"};

// The one in JSON alone, the other in columns that are added as its fields appear.
TableMap make_tables() {
  Result<TableMap> made = TableMap::make(
      {{.from = "shop.orders", .to = ""}, {.from = "shop.users", .to = "", .evolve = Evolve::add}});
  CHECK(made.ok(), "the rules of the simulation are valid");
  return std::move(made.value());
}

std::string table_of(const std::string& collection) {
  return std::string(FakeOplog::kDatabase) + "." + collection;
}

std::string describe(const std::string& what, const std::string& collection, int key) {
  return what + " " + collection + "/" + std::to_string(key);
}

}  // namespace

SimWorld::Relay::Relay(SimWorld& world, const std::string& owner, const PipelineOptions& options)
    : tables(make_tables()),
      source(world.oplog, world.random),
      sink(world.target, owner, world.random, world.clock),
      stages({.source = source,
              .sink = sink,
              .store = world.store,
              .clock = world.clock,
              .tables = tables},
             options) {
  source.fault_every = world.source_fault_every;
  source.splits_large_events = world.splits_large_events;
  sink.fault_every = world.target_fault_every;
  source.while_reading = [&world] {
    if (world.is_busy && world.random.one_in(3)) world.write();
  };
}

SimWorld::SimWorld(std::uint64_t seed) : random(seed) {
  target.on_commit = [this](const Batch& batch) { check_commit(batch); };
}

void SimWorld::start(const PipelineOptions& options, const std::string& owner) {
  relay_ = std::make_unique<Relay>(*this, owner, options);
}

bool SimWorld::has_step(std::uint64_t stage) {
  StageSet& stages = relay_->stages;
  const StepState state = stage == 0   ? stages.read.step()
                          : stage == 1 ? stages.assemble.step()
                          : stage == 2 ? stages.apply.step()
                                       : stages.snapshots[stage - 3].step();
  return state == StepState::ran;
}

bool SimWorld::step() {
  const std::uint64_t count = 3 + relay_->stages.snapshots.size();
  const std::uint64_t first = random.below(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (has_step((first + i) % count)) return true;
  }
  return false;
}

bool SimWorld::settle(int steps_max) {
  int quiet = 0;
  for (int i = 0; i < steps_max; ++i) {
    const std::uint64_t commits = target.commits;
    // An idle source answers with empty replies for ever; rest is when they change nothing, long
    // after the longest back-off.
    step();
    clock.advance(std::chrono::milliseconds(100));
    const bool is_caught_up = target.checkpoint && target.checkpoint->position ==
                                                       oplog.position_after(oplog.events().size());
    const bool is_idle = relay_->stages.board.is_idle();
    quiet = is_caught_up && is_idle && commits == target.commits ? quiet + 1 : 0;
    if (quiet > 20) return true;
  }
  return false;
}

void SimWorld::write() {
  const std::string collection = kCollections[random.below(kCollections.size())];
  if (random.one_in(ddl_every)) return change_collection(collection);
  constexpr std::array kWishes = {
      OperationType::update, OperationType::update, OperationType::replace, OperationType::delete_};
  // Now and then a transaction of up to four writes.
  const std::uint64_t count = random.one_in(6) ? 1 + random.below(4) : 1;
  const int transaction = count > 1 ? ++transaction_ : 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    oplog.write(collection,
                static_cast<int>(random.below(static_cast<std::uint64_t>(key_count))),
                kWishes[random.below(kWishes.size())],
                transaction);
    if (random.one_in(large_every)) oplog.enlarge_last();
    if (random.one_in(2 * large_every)) oplog.make_last_huge();
  }
}

void SimWorld::change_collection(const std::string& collection) {
  if (random.one_in(2)) return oplog.drop(collection);
  std::vector<int> keys;
  for (int key = 0; key < key_count; ++key) {
    if (random.one_in(2)) keys.push_back(key);
  }
  oplog.replace(collection, keys);
}

std::optional<int> SimWorld::row_seq(const std::string& collection, int key) const {
  const auto row = target.rows.find({table_of(collection), std::to_string(key)});
  if (row == target.rows.end()) return std::nullopt;
  const std::size_t at = row->second.find("\"seq\":");
  return std::atoi(row->second.c_str() + at + 6);
}

// Every event up to the committed position is in the rows; they may be newer, since an updated
// document is fetched when the batch is made.
void SimWorld::check_commit(const Batch& batch) {
  const Position& position = target.checkpoint->position;
  if (position.cluster_time < checked_.cluster_time && !batch.may_move_back)
    violation_ = "the position moved backwards";
  if (oplog.position_after(oplog.index_after(position)) != position)
    violation_ = "the position lies inside an event";
  checked_ = position;
  // With a snapshot, and after a lost position, the stream begins at the moment it was opened.
  const bool is_snapshot = !target.snapshots.empty();
  if (!first_ || batch.may_move_back) first_ = is_snapshot ? relay_->source.opened_now_at : 0;
  const std::size_t first = *first_;
  std::map<std::pair<std::string, int>, const FakeEvent*> last;
  const std::size_t end = oplog.index_after(position);
  for (std::size_t i = first; i < end; ++i) {
    const FakeEvent& event = oplog.events()[i];
    const bool is_whole =
        event.operation == OperationType::drop || event.operation == OperationType::rename;
    if (is_whole)
      std::erase_if(last, [&](const auto& at) { return at.first.first == event.collection; });
    else if (event.operation != OperationType::create)
      last[{event.collection, event.key}] = &event;
  }
  for (const auto& [at, event] : last) {
    const std::optional<int> seq = row_seq(at.first, at.second);
    if (seq && *seq >= event->seq) continue;
    if (!seq && event->operation == OperationType::delete_) continue;
    if (seq && event->operation == OperationType::delete_) {
      violation_ = describe("a deleted row is back:", at.first, at.second);
      continue;
    }
    // Missing: only right when the document was deleted later.
    bool is_deleted_later = false;
    for (std::size_t i = end; i < oplog.events().size(); ++i) {
      const FakeEvent& later = oplog.events()[i];
      const bool is_gone = later.operation == OperationType::drop ||
                           later.operation == OperationType::rename ||
                           (later.key == at.second && later.operation == OperationType::delete_);
      is_deleted_later |= later.collection == at.first && is_gone;
    }
    if (seq || !is_deleted_later)
      violation_ = describe("the position is ahead of the row", at.first, at.second);
  }
}

std::string SimWorld::difference() const {
  for (const auto& [at, seq] : oplog.documents()) {
    const std::optional<int> row = row_seq(at.first, at.second);
    if (!row) return describe("missing", at.first, at.second);
    if (*row != seq) return describe("differs", at.first, at.second);
    const std::string& text = target.rows.at({table_of(at.first), std::to_string(at.second)});
    const bool has_extra = text.find("\"extra\":" + std::to_string(seq)) != std::string::npos;
    if (has_extra != has_extra_field(seq)) return describe("extra differs", at.first, at.second);
  }
  for (const auto& [at, row] : target.rows) {
    const std::string collection = at.first.substr(at.first.find('.') + 1);
    // A dropped collection leaves its rows behind.
    if (!oplog.exists(collection)) continue;
    if (!oplog.document(collection, std::atoi(at.second.c_str())))
      return describe("extra", collection, std::atoi(at.second.c_str()));
  }
  return "";
}

}  // namespace relay
