#include "support/sim_world.h"

#include <array>
#include <cstdlib>
#include <map>
#include <utility>

namespace relay {
namespace {

constexpr std::array kCollections = {"orders", "users"};

TableMap make_tables() {
  Result<TableMap> made =
      TableMap::make({{.from = "shop.orders", .to = ""}, {.from = "shop.users", .to = ""}});
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
  sink.fault_every = world.target_fault_every;
}

SimWorld::SimWorld(std::uint64_t seed) : random(seed) {
  target.on_commit = [this] { check_commit(); };
}

void SimWorld::start(const PipelineOptions& options, const std::string& owner) {
  relay_ = std::make_unique<Relay>(*this, owner, options);
}

bool SimWorld::step() {
  StageSet& stages = relay_->stages;
  const std::uint64_t first = random.below(3);
  for (std::uint64_t i = 0; i < 3; ++i) {
    const std::uint64_t stage = (first + i) % 3;
    const StepState state = stage == 0   ? stages.read.step()
                            : stage == 1 ? stages.assemble.step()
                                         : stages.apply.step();
    if (state == StepState::ran) return true;
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
    quiet = is_caught_up && commits == target.commits ? quiet + 1 : 0;
    if (quiet > 20) return true;
  }
  return false;
}

void SimWorld::write() {
  const std::string collection = kCollections[random.below(kCollections.size())];
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
  }
}

std::optional<int> SimWorld::row_seq(const std::string& collection, int key) const {
  const auto row = target.rows.find({table_of(collection), std::to_string(key)});
  if (row == target.rows.end()) return std::nullopt;
  const std::size_t at = row->second.find("\"seq\":");
  return std::atoi(row->second.c_str() + at + 6);
}

// Every event up to the committed position is in the rows; they may be newer, since an updated
// document is fetched when the batch is made.
void SimWorld::check_commit() {
  const Position& position = target.checkpoint->position;
  if (position.cluster_time < checked_.cluster_time) violation_ = "the position moved backwards";
  checked_ = position;
  std::map<std::pair<std::string, int>, const FakeEvent*> last;
  const std::size_t end = oplog.index_after(position);
  for (std::size_t i = 0; i < end; ++i)
    last[{oplog.events()[i].collection, oplog.events()[i].key}] = &oplog.events()[i];
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
      is_deleted_later |= later.collection == at.first && later.key == at.second &&
                          later.operation == OperationType::delete_;
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
  }
  if (target.rows.size() != oplog.documents().size()) return "extra rows";
  return "";
}

}  // namespace relay
