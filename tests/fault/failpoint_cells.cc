#include "fault/failpoint_cells.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "core/error_policy.h"

namespace relay {
namespace {

constexpr int kHitsMax = 3;

// What a life comes by less often than that.
struct Rare {
  std::string_view begin;  // Of the name.
  int hits = 1;
};
constexpr std::array kRare = {Rare{"stream.open."},
                              Rare{"postgres.books."},
                              Rare{"postgres.claim."},
                              Rare{"postgres.table."},
                              Rare{"crate.claim."},
                              Rare{"crate.table.", 2},
                              Rare{"stop."}};

int hits_of(const FailpointInfo& point) {
  for (const Rare& rare : kRare) {
    if (point.name.starts_with(rare.begin)) return rare.hits;
  }
  return kHitsMax;
}

bool is_of(const FailpointInfo& point, CellTarget target) {
  const bool is_crates = point.name.starts_with("crate.");
  return is_crates == (target == CellTarget::cratedb);
}

bool wants_all() {
  const char* text = std::getenv("RELAY_FAILPOINT_CELLS");
  return text != nullptr && std::string_view(text) == "all";
}

std::vector<FailAction> actions_of(const FailpointInfo& point) {
  std::vector<FailAction> known;
  for (const FailAction action : {FailAction::abort,
                                  FailAction::retryable,
                                  FailAction::fatal,
                                  FailAction::delay,
                                  FailAction::cut}) {
    if (knows_action(point.side, action)) known.push_back(action);
  }
  return known;
}

}  // namespace

std::vector<FailpointCell> choose_cells(CellTarget target) {
  std::vector<FailpointCell> cells;
  std::size_t turn = 0;
  for (const FailpointInfo& point : all_failpoints()) {
    if (!is_of(point, target)) continue;
    const std::vector<FailAction> actions = actions_of(point);
    const int hits = hits_of(point);
    if (wants_all()) {
      for (const FailAction action : actions) {
        for (int hit = 1; hit <= hits; ++hit)
          cells.push_back({point, action, hit});
      }
      continue;
    }
    const auto hit_at = [&](std::size_t number) {
      return 1 + static_cast<int>(number % static_cast<std::size_t>(hits));
    };
    cells.push_back({point, FailAction::abort, hit_at(turn)});
    cells.push_back({point, actions[1 + turn % (actions.size() - 1)], hit_at(turn + 1)});
    ++turn;
  }
  return cells;
}

std::string format_cell(const FailpointCell& cell) {
  return std::string(cell.point.name) + ":" + std::string(format_action(cell.action)) + ":" +
         std::to_string(cell.hit);
}

std::string name_cell(const FailpointCell& cell) {
  std::string name = format_cell(cell);
  std::ranges::replace(name, '.', '_');
  std::ranges::replace(name, ':', '_');
  return name;
}

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name.
void PrintTo(const FailpointCell& cell, std::ostream* out) {
  *out << format_cell(cell);
}

int exit_code_of(const FailpointCell& cell) {
  if (cell.action == FailAction::abort) return 128 + SIGKILL;
  if (cell.action != FailAction::fatal) return 0;
  return static_cast<int>(
      policy_for(failpoint_error(cell.point.point, FailAction::fatal).kind).exit);
}

bool is_at_stop(const FailpointCell& cell) {
  return cell.point.name.starts_with("stop.");
}

}  // namespace relay
