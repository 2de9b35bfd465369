// The matrix of failpoints: which cells are lived through.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "core/failpoint.h"

namespace relay {

struct FailpointCell {
  FailpointInfo point;
  FailAction action = FailAction::abort;
  int hit = 1;
};

enum class CellTarget : std::uint8_t { postgresql, cratedb };

// Of every point that a relay to that target comes by: `abort` and one other action in turn, at a
// hit in turn. With RELAY_FAILPOINT_CELLS=all every action at every hit of the first three. The
// points that no target has a part in are lived through with PostgreSQL.
std::vector<FailpointCell> choose_cells(CellTarget target);

// For RELAY_FAILPOINT: "reply.after:abort:2".
std::string format_cell(const FailpointCell& cell);
// For the name of a test: "reply_after_abort_2".
std::string name_cell(const FailpointCell& cell);

void PrintTo(const FailpointCell& cell, std::ostream* out);

// With which the program ends when nobody stops it before; 0 when it goes on.
int exit_code_of(const FailpointCell& cell);
// Comes by only when the program is asked to stop.
bool is_at_stop(const FailpointCell& cell);

}  // namespace relay
